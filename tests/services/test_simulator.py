"""The phones of the simulator as an organization may use them, over real HTTP."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from botpe_app import db
from botpe_app.errors import Forbidden, NotFound, Unavailable
from botpe_app.models.base import utc_now
from botpe_app.services import demo, demo_phones, simulator
from botpe_app.services.access import Actor
from botpe_app.services.simulator import Stage
from tests.acting import within
from tests.conftest import APP_SECRET, Business
from tests.ui.conftest import ROOT, free_port

_SERVE = "from botpe_app.whatsapp.simulator import serve; serve('127.0.0.1', {port})"


@pytest.fixture(scope="module")
def pretend_whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running simulator whose webhooks go nowhere."""
    port, folder = free_port(), tmp_path_factory.mktemp("simulator")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(port=port)],
        cwd=ROOT,
        env={
            **os.environ,
            "BOTPE_DATA_DIR": str(folder),
            "BOTPE_SECRET_KEY": "test-secret-key",
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "BOTPE_BASE_URL": f"http://127.0.0.1:{free_port()}",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(base)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_answers(base: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{base}/_simulator/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The simulator does not answer.")


@pytest.fixture
def simulated(pretend_whatsapp: str, database: str, configure: Callable[..., None]) -> None:
    """This process plays on that simulator."""
    configure(BOTPE_SIMULATOR_URL=pretend_whatsapp)


def stage_of(business: Business, role: str = "agent") -> Stage:
    """What somebody of the business may touch."""
    return within(getattr(business, role), simulator.stage)


def test_a_customer_says_something_and_the_phone_shows_it(simulated: None, business: Business):
    stage, number = stage_of(business), business.phone_number_id
    stage.say(number, "ana", "text", {"body": "Hola"})
    line = stage.chat(number, "ana").lines[-1]
    assert (line.mine, line.type, line.text) == (True, "text", "Hola")
    assert stage.phones(number)[0].last == "Hola"  # who wrote last comes first


def test_a_picture_is_made_for_whoever_has_none(simulated: None, business: Business):
    stage, number = stage_of(business), business.phone_number_id
    stage.send_sample(number, "bilal", "image")
    assert stage.chat(number, "bilal").lines[-1].content["mime_type"] == "image/png"


def test_the_switches_of_a_phone_turn(simulated: None, business: Business):
    stage, number = stage_of(business), business.phone_number_id

    def chloe() -> simulator.Phone:
        return next(phone for phone in stage.phones(number) if phone.id == "chloe")

    assert (chloe().online, chloe().looking) == (True, False)
    stage.look(number, "chloe", True)
    stage.change("chloe", online=False, read_receipts=False)
    assert (chloe().online, chloe().read_receipts, chloe().looking) == (False, False, True)
    stage.change("chloe", online=True)
    stage.want_marketing(number, "chloe", False)
    assert chloe().opted_out


def test_faults_are_set_and_cleared(simulated: None, business: Business):
    stage = stage_of(business)
    stage.change_weather("slow", True)
    stage.next_send("error", 130429, business.phone_number_id)
    assert stage.weather().slow
    assert stage.weather().upcoming == ["error 130429"]
    stage.clear_weather()
    assert (stage.weather().slow, stage.weather().upcoming) == (False, [])
    with pytest.raises(NotFound):
        stage.change_weather("open", False)


def test_another_organizations_number_is_not_found(
    simulated: None, business: Business, make_business: Callable[..., Business]
):
    other, stage = make_business("Globex", "206540352242922"), stage_of(business)
    for attempt in (
        lambda: stage.chat(other.phone_number_id, "ana"),
        lambda: stage.say(other.phone_number_id, "ana", "text", {"body": "x"}),
        lambda: stage.look(other.phone_number_id, "ana", True),
        lambda: stage.next_send("error", 190, other.phone_number_id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_log_tells_of_the_own_numbers_only(
    simulated: None, business: Business, make_business: Callable[..., Business]
):
    other = make_business("Globex", "206540352242922")
    stage_of(other).say(other.phone_number_id, "esha", "text", {"body": "theirs alone"})
    assert not any("theirs alone" in line.body for line in stage_of(business).log())


def test_a_viewer_looks_and_does_not_play(simulated: None, business: Business):
    stage, number = stage_of(business, "viewer"), business.phone_number_id
    assert stage.phones(number)
    with pytest.raises(Forbidden):
        stage.say(number, "ana", "text", {"body": "Hola"})
    with pytest.raises(Forbidden):
        stage.clear_weather()


def test_without_a_simulator_it_says_so(business: Business):
    with pytest.raises(Unavailable, match="no simulator"):
        stage_of(business).phones(business.phone_number_id)


def test_a_simulator_that_does_not_run_is_unavailable(
    business: Business, configure: Callable[..., None], tmp_path: Path
):
    configure(BOTPE_SIMULATOR_URL=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        stage_of(business).phones(business.phone_number_id)


def test_the_demos_phones_show_what_was_said_before_and_what_came_since_stays(
    simulated: None, services: str
):
    with db.transaction() as session:
        demo.seed(session, now=utc_now())
        told = demo_phones.chats(session)
        numbers = simulator.stage(session, demo_boss(session))
    assert told
    assert set(told.entries) == {"ana", "bilal", "chloe", "esha", "hannah"}
    assert demo_phones.remember(told) >= 1
    chat = numbers.chat(told.number, "hannah")
    assert chat.lines[0].text == "Habt ihr den Kocher auch ohne Koffer?"
    numbers.say(told.number, "hannah", "text", {"body": "Hello?"})
    assert demo_phones.remember(told) == 0
    assert numbers.chat(told.number, "hannah").lines[-1].text == "Hello?"


def test_without_a_demo_there_is_nothing_to_remember(database: str):
    with db.transaction() as session:
        assert demo_phones.chats(session) is None


def demo_boss(session):
    """The demo's admin."""
    home = demo.seed(session, now=utc_now())
    return Actor(UUID(home.organization_id), None, "ADMIN", "Mara")


def test_a_scenario_is_played_from_the_command_line(simulated: None, database: str):
    command = [sys.executable, "-m", "botpe_app.cli", "simulator", "run"]
    file = str(ROOT / "tests" / "scenarios" / "nobody_answers.yaml")
    done = subprocess.run(
        [*command, file, "--number", "306540352242922", "--json"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    (played,) = json.loads(done.stdout.splitlines()[-1])["scenarios"]
    assert (played["passed"], played["lines"]) == (False, ["says Salaam"])
    unreadable = subprocess.run(
        [*command, str(ROOT / "README.md")],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert unreadable.returncode == 2
    assert len(unreadable.stderr.splitlines()) == 1
