"""Every stored secret moves to a new key, and none is forgotten."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from botpe_app import db, vault
from botpe_app.models import BotSecret, IdempotencyKey, WhatsAppAccount
from botpe_app.services import accounts, bot_secrets, doctor, idempotency, sealing
from tests.acting import within
from tests.conftest import Business

Configure = Callable[..., None]
OLD, NEW = "test-encryption-key", "new key"


def states() -> dict[str, str]:
    """What the doctor says of secrets, by state."""
    found = doctor.examine(running=False, ask_graph=False).findings
    return {one.state: one.message for one in found if one.check == "secrets"}


def reseal() -> int:
    with db.transaction() as session:
        db.act_as_system(session)
        return sealing.reseal(session)


def test_every_secret_moves_to_the_new_key(
    services: str, business: Business, configure: Configure
) -> None:
    kept = within(business.admin, bot_secrets.keep_secret, name="crm", value="s3cret")
    with db.transaction() as session:
        db.act_for(session, business.organization_id)
        idempotency.first_answer(session, business.admin, "k1", b"hash")
        idempotency.keep(session, business.admin, "k1", idempotency.Answer(201, "{}"))
        idempotency.first_answer(session, business.admin, "under way", b"hash")
    assert states() == {"ok": "the newest key seals everything"}

    configure(BOTPE_ENCRYPTION_KEYS=f"{NEW},{OLD}")
    assert set(states()) == {"warn"}
    assert "1 bots' secrets" in states()["warn"]
    assert reseal() == 3
    assert reseal() == 0

    configure(BOTPE_ENCRYPTION_KEYS=NEW)
    assert set(states()) == {"ok"}
    with db.transaction() as session:
        db.act_as_system(session)
        ours = business.organization_id
        number = session.get_one(WhatsAppAccount, (ours, business.account_id))
        assert accounts.token_of(number) == business.token
        secret = session.get_one(BotSecret, (ours, kept.id))
        where = bot_secrets.place(ours, secret.id)
        assert vault.open_sealed(secret.value_sealed, place=where) == "s3cret"
        answer = session.get_one(IdempotencyKey, (ours, "k1"))
        assert vault.open_sealed(answer.response, place=idempotency.place(ours, "k1")) == "{}"


def test_what_no_key_opens_is_bad_and_keeps_nothing_else_from_moving(
    services: str, business: Business, configure: Configure
) -> None:
    configure(BOTPE_ENCRYPTION_KEYS="a key that goes")
    within(business.admin, bot_secrets.keep_secret, name="crm", value="s3cret")
    configure(BOTPE_ENCRYPTION_KEYS=f"{NEW},{OLD}")
    assert set(states()) == {"bad", "warn"}
    assert reseal() == 1
    assert set(states()) == {"bad"}


def test_no_sealed_column_is_forgotten() -> None:
    tables = {one.table for one in sealing.SEALED}
    known = {(one.table, one.column) for one in sealing.SEALED}
    models = importlib.import_module("botpe_app.models")
    for table in (getattr(models, name) for name in models.__all__):
        held = [name for name in getattr(table, "model_fields", {}) if name.endswith("sealed")]
        assert {(table, name) for name in held} <= known
    services = Path(sealing.__file__).parent.glob("*.py")
    sealers = [one.stem for one in services if "vault.seal(" in one.read_text()]
    assert len(set(sealers) - {"sealing"}) == len(tables)
