"""Reading the environment."""

from pathlib import Path

import pytest

from botpe_app.config import META_GRAPH_URL, load
from botpe_app.errors import Misconfigured

ROOT = Path(__file__).parent.parent


def test_an_empty_environment_means_the_defaults():
    found = load({})
    assert (found.graph_url, found.graph_version) == (META_GRAPH_URL, "v25.0")
    assert not found.simulated


def test_empty_variables_count_as_unset_and_spaces_are_trimmed():
    found = load({"WHATSAPP_GRAPH_URL": " ", "WHATSAPP_APP_SECRET": " s3cret \n"})
    assert (found.graph_url, found.app_secret) == (META_GRAPH_URL, "s3cret")


def test_any_spelling_of_a_postgres_address_is_read():
    for scheme in ("postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"):
        assert load({"DATABASE_URL": f"{scheme}://u@h/db"}).database_url == "postgresql://u@h/db"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DATABASE_URL", "mysql://u@h/db"), ("DATABASE_URL", "nonsense"), ("BOTPE_BASE_URL", "x.com")],
)
def test_a_value_that_cannot_be_used_is_named(variable, value):
    with pytest.raises(Misconfigured) as refused:
        load({variable: value})
    assert refused.value.field == variable


def test_a_missing_secret_is_named_when_it_is_needed():
    with pytest.raises(Misconfigured) as refused:
        load({}).require("secret_key")
    assert refused.value.field == "BOTPE_SECRET_KEY"


def test_secrets_do_not_show_when_settings_are_printed():
    shown = repr(load({"BOTPE_SECRET_KEY": "hush", "BOTPE_ENCRYPTION_KEYS": "hush,hush"}))
    assert "hush" not in shown


def test_every_variable_is_described_in_the_example():
    from botpe_app.config import VARIABLES

    example = (ROOT / ".env.example").read_text()
    assert [name for name in VARIABLES.values() if name not in example] == []
