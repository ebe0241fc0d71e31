"""Secrets at rest."""

import pytest

from botpe_app import vault
from botpe_app.errors import Misconfigured


def test_what_is_sealed_opens_at_its_place_and_shows_nothing(configure):
    sealed = vault.seal("EAA-secret", place="table:row")
    assert "EAA" not in sealed
    assert vault.open_sealed(sealed, place="table:row") == "EAA-secret"


def test_a_secret_moved_to_another_row_does_not_open(configure):
    sealed = vault.seal("EAA-secret", place="table:row")
    with pytest.raises(Misconfigured):
        vault.open_sealed(sealed, place="table:other")


def test_the_first_key_seals_and_every_key_opens(configure):
    old = vault.seal("one", place="p")
    configure(BOTPE_ENCRYPTION_KEYS="new-key, test-encryption-key")
    new = vault.seal("two", place="p")
    assert (vault.open_sealed(old, place="p"), vault.open_sealed(new, place="p")) == ("one", "two")
    newest, *_ = vault.prefixes()
    assert (old.startswith(newest), new.startswith(newest)) == (False, True)


def test_a_lost_key_is_named(configure):
    sealed = vault.seal("one", place="p")
    configure(BOTPE_ENCRYPTION_KEYS="another-key")
    with pytest.raises(Misconfigured) as refused:
        vault.open_sealed(sealed, place="p")
    assert refused.value.field == "BOTPE_ENCRYPTION_KEYS"
