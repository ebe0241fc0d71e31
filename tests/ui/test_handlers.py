"""Any browser may call any public method of a State: what stands there must be meant to."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import reflex as rx
from sqlmodel import SQLModel

from botpe_app.botpe_app import app
from botpe_app.ui import base, live

UI = Path(__file__).parents[2] / "botpe_app" / "ui"
ALLOWED = {"rx.event", "rx.var"}


def states() -> list[type[rx.State]]:
    """Every state of ours."""

    def under(state: type[Any]) -> Iterator[type[Any]]:
        for substate in state.get_substates():
            yield substate
            yield from under(substate)

    found = [state for state in under(rx.State) if state.__module__.startswith("botpe_app")]
    assert len(found) >= 7
    return found


def undecorated(source: str) -> list[str]:
    """Public methods of state classes without one of the allowed decorators."""
    return [
        f"{node.name}.{method.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and any("State" in ast.unparse(b) for b in node.bases)
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and not method.name.startswith("_")
        and not {ast.unparse(d).split("(")[0] for d in method.decorator_list} & ALLOWED
    ]


def holds_a_table(hint: Any) -> bool:
    """Whether a value of this type could carry a table's row, at any depth."""
    if any(holds_a_table(part) for part in get_args(hint)):
        return True
    if not inspect.isclass(hint):
        return False
    if issubclass(hint, SQLModel):
        return True
    if dataclasses.is_dataclass(hint):
        return any(holds_a_table(part) for part in get_type_hints(hint).values())
    return False


def test_every_public_method_of_a_state_is_declared_a_handler():
    bare = [name for path in UI.rglob("*.py") for name in undecorated(path.read_text())]
    assert bare == []


def test_the_guard_sees_an_undeclared_method():
    planted = "class S(PageState, rx.State):\n  def delete_all(self): ...\n  def _ok(self): ..."
    assert undecorated(planted) == ["S.delete_all"]


def test_every_handler_a_browser_can_call_is_in_the_source_as_one():
    for state in states():
        inherited = set(rx.State.event_handlers) | {"setvar"}
        for name in set(state.event_handlers) - inherited:
            assert not name.startswith("_"), f"{state.__name__}.{name}"


def test_no_public_variable_holds_a_table():
    leaks = [
        f"{state.__name__}.{name}"
        for state in states()
        for name, variable in state.vars.items()
        if holds_a_table(variable._var_type)
    ]
    assert leaks == []


def test_the_guard_sees_a_table_inside_a_list_inside_a_view():
    from botpe_app.models import Message

    @dataclasses.dataclass
    class Leaky:
        rows: list[Message]

    Leaky.__annotations__["rows"] = list[Message]
    assert holds_a_table(list[Leaky])
    assert not holds_a_table(dict[str, list[str]])


def test_no_state_sets_its_variables_by_request():
    from reflex.config import get_config

    assert get_config().state_auto_setters is False
    for state in states():
        assert not [name for name in state.event_handlers if name.startswith("set_")] or (
            state.__name__ in {"InboxState", "NumbersState"}  # set_status is a verb of theirs
        )


def test_only_our_own_origins_may_open_a_socket():
    from botpe_app.config import settings

    assert app.sio is not None
    assert set(app.sio.eio.cors_allowed_origins) == set(settings().origins)
    assert "*" not in app.sio.eio.cors_allowed_origins


def test_a_handler_reaches_services_only_through_the_hinge():
    direct = [
        str(path.relative_to(UI))
        for path in UI.rglob("*.py")
        if "transaction(" in path.read_text() and path.name != "base.py"
    ]
    assert direct == []


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("", ""),
        ("botpe_session=abc", "abc"),
        ('theme=dark; botpe_session="abc"; x=y', "abc"),
        ("xbotpe_session=abc", ""),
        ("botpe_session", ""),
        ("a=b;;;=; botpe_session=a=b", "a=b"),
    ],
)
def test_the_session_token_is_found_among_other_cookies(header: str, token: str):
    assert base.session_token(header) == token


def test_relayed_handlers_take_the_topics():
    for state in states():
        if handler := state.event_handlers.get("refresh"):
            assert list(inspect.signature(handler.fn).parameters) == ["self", "topics"]
    assert live.EVERY_SECONDS <= 0.5
