"""Settings through a bare websocket: a page's claims change nothing its person may not."""

import asyncio
from collections.abc import Callable

from botpe_app.services import (
    business_hours,
    custom_fields,
    organizations,
    people,
    tags,
    teams,
    webhooks,
)
from botpe_app.services.access import Actor
from botpe_app.ui.admin.state import AdminState
from botpe_app.ui.settings.fields_state import FieldsState
from botpe_app.ui.settings.hours_state import HoursState
from botpe_app.ui.settings.organization_state import OrganizationState
from botpe_app.ui.settings.people_state import PeopleState
from botpe_app.ui.settings.tags_state import TagsState
from botpe_app.ui.settings.teams_state import TeamsState
from botpe_app.ui.settings.webhooks_state import WebhooksState
from tests.acting import within
from tests.conftest import Business
from tests.ui.tab import Tab

SignIn = Callable[[Actor], str]


def test_a_viewers_socket_changes_nothing(web: str, sign_in: SignIn, business: Business):
    tag = within(business.admin, tags.create_tag, name="vip")
    team = within(business.admin, teams.create_team, name="Sales")
    agent = str(business.agent.user_id)

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as tab:
            await tab.open("/settings/people")
            await tab.until(lambda t: t.state("people_state").get("people"))
            await tab.call(PeopleState.give_role, user_id=agent, role="ADMIN")
            await tab.call(PeopleState.let_in, user_id=agent, active=False)
            await tab.call(PeopleState.invite, form={"email": "x@example.com", "role": "ADMIN"})
            await tab.call(PeopleState.ask_remove, user_id=agent)
            await tab.call(PeopleState.remove)
            await tab.call(OrganizationState.save, form={"name": "Mine"})
            await tab.go("/settings/tags")
            await tab.until(lambda t: t.state("tags_state").get("tags"))
            await tab.call(TagsState.ask_remove, tag_id=tag.id)
            await tab.call(TagsState.remove)
            await tab.go("/settings/teams")
            await tab.until(lambda t: t.state("teams_state").get("teams"))
            await tab.call(TeamsState.ask_remove, team_id=team.id)
            await tab.call(TeamsState.remove)
            await tab.until(lambda t: t.said().count("may not do this") >= 4)
            await asyncio.sleep(0.3)

    asyncio.run(run())
    members = within(business.admin, people.list_members, all=True)
    assert sorted((one.role, one.active) for one in members) == [
        ("ADMIN", True), ("AGENT", True), ("VIEWER", True),
    ]  # fmt: skip
    assert within(business.admin, organizations.get_current).name == "Acme"
    assert [one.name for one in within(business.admin, tags.list_tags)] == ["vip"]
    assert [one.name for one in within(business.admin, teams.list_teams)] == ["Sales"]


def test_logs_and_webhooks_are_told_to_admins_only_and_hours_stay(
    web: str, sign_in: SignIn, business: Business
):
    within(business.admin, webhooks.create_webhook, url="https://example.com/secret-hook")

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await tab.open("/settings/webhooks")
            await tab.until(lambda t: t.state("webhooks_state").get("denied"))
            await tab.call(WebhooksState.make, form={"url": "https://example.com/"})
            await tab.go("/settings/audit")
            await tab.until(lambda t: t.state("audit_state").get("denied"))
            await tab.go("/settings/hours")
            await tab.until(lambda t: t.state("hours_state").get("days"))
            await tab.call(HoursState.drop_span, day="mon", span=1)
            await tab.call(HoursState.save)
            await tab.until(lambda t: t.said().count("may not do this") >= 2)
            assert "secret-hook" not in tab.said()

    asyncio.run(run())
    assert len(within(business.admin, webhooks.list_webhooks)) == 1
    hours = within(business.admin, business_hours.get_hours)
    assert hours.days["mon"] == [["00:00", "24:00"]]


def test_another_organizations_people_cannot_be_named(
    web: str, sign_in: SignIn, business: Business, make_business: Callable[..., Business]
):
    other = make_business("Globex", "206540352242922")

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/settings/people")
            await tab.until(lambda t: t.state("people_state").get("people"))
            await tab.call(PeopleState.give_role, user_id=str(other.agent.user_id), role="ADMIN")
            await tab.until(lambda t: "Person not found" in t.said())
            assert "globex" not in tab.said().lower()

    asyncio.run(run())
    found = within(other.admin, people.get_member, other.agent.user_id)
    assert found.role == "AGENT"


def test_a_choice_with_a_comma_in_it_stays_one_when_its_field_is_changed(
    web: str, sign_in: SignIn, business: Business
):
    kept = ["Red, dark", "Blue"]
    field = within(
        business.admin, custom_fields.create_field, name="hue", type="choice", options=kept
    )

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/settings/fields")
            await tab.until(lambda t: t.state("fields_state").get("fields"))
            await tab.call(FieldsState.edit, field_id=field.id)
            await tab.until(lambda t: t.state("fields_state").get("editing") == field.id)
            form = {"label": "Shade", "options": tab.state("fields_state")["options"]}
            await tab.call(FieldsState.save, form=form)
            await tab.until(lambda t: "Shade is saved" in t.said())

    asyncio.run(run())
    (item,) = within(business.admin, custom_fields.list_fields)
    assert (item.label, item.options) == ("Shade", kept)


def test_the_platform_is_its_owners_only(web: str, sign_in: SignIn, business: Business):
    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open("/admin?part=organizations")
            await tab.until(lambda t: t.state("admin_state").get("denied"))
            home = str(business.organization_id)
            await tab.call(AdminState.choose_plan, organization_id=home, plan="FREE")
            await tab.call(AdminState.retry, lane="ingest", job_id="1")
            await tab.until(lambda t: t.said().count("may not do this") >= 2)
            assert not tab.state("admin_state").get("rows")

    asyncio.run(run())
    assert within(business.admin, organizations.get_current).plan == "ENTERPRISE"
