"""Commands that make organizations, numbers, keys and superadmins."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option, show, transaction

_slug = click.option("--org", required=True, metavar="SLUG", help="The organization's slug.")


@click.group()
def org() -> None:
    """Organizations."""


@org.command("create")
@click.option("--name", required=True)
@click.option("--admin-email", required=True)
@click.option("--admin-password", required=True)
@click.option("--admin-name", default="")
@data_dir_option
@json_option
def create_org(
    *,
    name: str,
    admin_email: str,
    admin_password: str,
    admin_name: str,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Make an organization, its first admin and an API key, which is shown this once."""
    from botpe_app.services import organizations

    with transaction(data_dir) as session:
        made = organizations.create_organization(
            session,
            name=name,
            admin_email=admin_email,
            admin_password=admin_password,
            admin_name=admin_name,
        )
    show(dataclasses.asdict(made), as_json=as_json)


@click.group()
def account() -> None:
    """WhatsApp numbers."""


@account.command("add")
@_slug
@click.option("--waba-id", required=True, help="Id of the WhatsApp business account.")
@click.option("--phone-number-id", required=True, help="Graph's id of the number.")
@click.option("--phone", required=True, metavar="+E164", help="The number itself.")
@click.option("--token", required=True, help="Access token; stored encrypted.")
@click.option("--name", default="", help="How pages call it; the number by default.")
@data_dir_option
@json_option
def add_account(
    *,
    org: str,
    waba_id: str,
    phone_number_id: str,
    phone: str,
    token: str,
    name: str,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Connect a WhatsApp number to an organization."""
    from botpe_app.services import accounts, organizations

    with transaction(data_dir) as session:
        added = accounts.add_account(
            session,
            organizations.find(session, org),
            waba_id=waba_id,
            phone_number_id=phone_number_id,
            phone=phone,
            token=token,
            name=name,
        )
    show({"account_id": added.id}, as_json=as_json)


@click.group()
def superadmin() -> None:
    """People who oversee the whole platform."""


@superadmin.command("create")
@click.option("--email", required=True)
@click.option("--password", required=True)
@data_dir_option
@json_option
def create_superadmin(email: str, password: str, data_dir: Path, as_json: bool) -> None:
    """Make a superadmin."""
    from botpe_app.services import people

    with transaction(data_dir) as session:
        user_id = people.create_superadmin(session, email=email, password=password)
    show({"user_id": user_id}, as_json=as_json)


@click.group()
def apikey() -> None:
    """Keys for other programs."""


@apikey.command("create")
@_slug
@click.option("--role", required=True, help="admin, agent or viewer.")
@click.option("--name", default="Command line", show_default=True)
@data_dir_option
@json_option
def create_key(org: str, role: str, name: str, data_dir: Path, as_json: bool) -> None:
    """Make a key; it is shown this once and kept hashed."""
    from botpe_app.services import api_keys, organizations

    with transaction(data_dir) as session:
        made, key = api_keys.create(session, organizations.find(session, org), name=name, role=role)
    show({"id": made.id, "api_key": key}, as_json=as_json)


@apikey.command("revoke")
@click.argument("key_id")
@_slug
@data_dir_option
@json_option
def revoke_key(key_id: str, org: str, data_dir: Path, as_json: bool) -> None:
    """Make the key with the id KEY_ID useless from its next request on."""
    from botpe_app.services import api_keys, organizations

    with transaction(data_dir) as session:
        revoked = api_keys.revoke(session, organizations.find(session, org), key_id)
    show({"id": revoked.id, "revoked_at": revoked.revoked_at}, as_json=as_json)


COMMANDS = (org, account, superadmin, apikey)
