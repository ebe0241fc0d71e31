"""The middle pane: head, bubbles, composer."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.blocking import BlockState, block_question
from botpe_app.ui.components import (
    avatar,
    button,
    chip,
    empty,
    menu,
    menu_item,
    problem,
    skeleton_rows,
)
from botpe_app.ui.inbox.bot_state import BotState, leaving_bot
from botpe_app.ui.inbox.bubble import bubble
from botpe_app.ui.inbox.copilot_state import CopilotState
from botpe_app.ui.inbox.filters import PRIORITIES
from botpe_app.ui.inbox.passing import passing
from botpe_app.ui.inbox.rows import Choice
from botpe_app.ui.inbox.scripts import composer, outbox
from botpe_app.ui.inbox.snoozes import SNOOZES
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.suggestions import suggestions
from botpe_app.ui.inbox.template_dialog import template_dialog
from botpe_app.ui.inbox.template_state import TemplateState
from botpe_app.ui.inbox.work_state import WorkState
from botpe_app.ui.messages.parts import scroller
from botpe_app.ui.presence import presence
from botpe_app.ui.session import SessionState

_OPEN = InboxState.open


def thread() -> rx.Component:
    """The open conversation."""
    return rx.el.section(
        rx.cond(
            _OPEN.id != "",
            rx.fragment(_head(), _messages(), _composer()),
            rx.cond(InboxState.loaded, _nothing(), skeleton_rows(3)),
        ),
        aria_label="Conversation",
        class_name="pane thread-pane",
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.a(
            rx.icon("arrow_left", size=20),
            href=InboxState.back,
            aria_label="Back to the list",
            class_name="btn square quiet back",
        ),
        rx.el.button(
            avatar(_OPEN.initials, _OPEN.hue),
            rx.el.span(
                rx.el.h2(_OPEN.name, class_name="clip", dir="auto"),
                rx.el.span(_OPEN.phone, " · ", _OPEN.account, class_name="small mute clip"),
                class_name="who",
            ),
            type="button",
            title="Show or hide details",
            on_click=InboxState.toggle_person,
            class_name="person-button grow",
        ),
        rx.cond(_OPEN.blocked, chip("Blocked", tone="bad", class_name="whose")),
        rx.cond(_OPEN.mine, chip("You", tone="good", class_name="whose")),
        rx.cond((~_OPEN.mine) & (_OPEN.assignee != ""), chip(_OPEN.assignee, class_name="whose")),
        rx.cond(SessionState.role != "Viewer", _moves()),
        class_name="head",
    )


def _moves() -> rx.Component:
    """What is done with the conversation, by those who may."""
    return rx.fragment(
        rx.cond(
            _OPEN.free,
            button("Take it", key="T", class_name="small", on_click=WorkState.claim(_OPEN.id)),
        ),
        _assign(),
        rx.cond(
            (_OPEN.status == "resolved") | (_OPEN.status == "closed"),
            button(
                "Reopen",
                key="E",
                class_name="small",
                on_click=InboxState.set_status(_OPEN.id, "open"),
            ),
            button(
                "Resolve",
                kind="solid",
                key="E",
                class_name="small",
                on_click=InboxState.set_status(_OPEN.id, "resolved"),
            ),
        ),
        _more(),
    )


def _assign() -> rx.Component:
    return menu(
        rx.el.summary(
            rx.el.span("Assign", class_name="label"),
            rx.icon("user_plus", size=16, class_name="short"),
            rx.el.kbd("A", aria_hidden="true"),
            aria_label="Assign",
            class_name="btn small",
            custom_attrs={"data-hotkey": "a"},
        ),
        rx.foreach(InboxState.people, _colleague),
        menu_item("Nobody", icon="user_x", on_click=InboxState.assign("")),
        menu_item("Pass on with a word", icon="send", on_click=WorkState.ask_pass(_OPEN.id)),
        rx.cond(
            InboxState.teams,
            rx.fragment(
                rx.el.p("Teams", class_name="menu-title"),
                rx.foreach(
                    InboxState.teams,
                    lambda pair: menu_item(
                        pair[1],
                        icon="users",
                        aria_current=rx.cond(_OPEN.team == pair[1], "true", "false"),
                        on_click=WorkState.to_team(_OPEN.id, pair[0]),
                    ),
                ),
            ),
        ),
        side="right",
    )


def _colleague(choice: rx.vars.ObjectVar[Choice]) -> rx.Component:
    return menu_item(
        avatar(choice.initials, choice.hue, size="tiny"),
        rx.el.span(choice.name, class_name="grow clip"),
        rx.cond(choice.current, rx.icon("check", size=15)),
        aria_current=rx.cond(choice.current, "true", "false"),
        on_click=InboxState.assign(choice.id),
    )


def _more() -> rx.Component:
    def move(words: str, icon: str, status: str) -> rx.Component:
        return menu_item(words, icon=icon, on_click=InboxState.set_status(_OPEN.id, status))

    return menu(
        rx.el.summary(
            rx.icon("ellipsis_vertical", size=17),
            aria_label="More",
            class_name="btn small square quiet",
        ),
        rx.el.p("Snooze", class_name="menu-title"),
        *(
            menu_item(words, icon="alarm_clock", on_click=WorkState.snooze(_OPEN.id, choice))
            for choice, words in SNOOZES.items()
        ),
        rx.el.p("Priority", class_name="menu-title"),
        *(
            menu_item(
                priority.capitalize(),
                aria_current=rx.cond(_OPEN.priority == priority, "true", "false"),
                on_click=WorkState.rank(_OPEN.id, priority),
            )
            for priority in PRIORITIES
        ),
        rx.el.p("Status", class_name="menu-title"),
        move("Waiting for something", "hourglass", "pending"),
        move("Open", "inbox", "open"),
        move("Close for good", "archive", "closed"),
        rx.cond(
            _OPEN.bot,
            menu_item("Back to the bot", icon="bot", on_click=WorkState.resume_bot(_OPEN.id)),
        ),
        rx.cond(
            _OPEN.blocked,
            menu_item(
                "Let them in again",
                icon="user_check",
                on_click=BlockState.let_in(_OPEN.contact_id, _OPEN.account_id, _OPEN.name),
            ),
            menu_item(
                "Block…",
                icon="ban",
                on_click=BlockState.ask(_OPEN.contact_id, _OPEN.account_id, _OPEN.name),
            ),
        ),
        rx.cond(
            _OPEN.botted,
            menu_item("Out of its bot…", icon="bot_off", on_click=BotState.ask(_OPEN.id)),
        ),
        rx.el.p("Save as a file", class_name="menu-title"),
        *(
            rx.el.a(
                rx.icon("download", size=16),
                words,
                href=f"/api/conversations/{_OPEN.id}/export?format={format}",
                download=True,
                reload_document=True,
                class_name="menu-item",
            )
            for format, words in (("txt", "Text"), ("json", "Everything, as JSON"))
        ),
        side="right",
    )


def _messages() -> rx.Component:
    return scroller(
        rx.foreach(InboxState.thread, bubble),
        outbox(
            conversation=_OPEN.id,
            settled=InboxState.settled,
            ready=rx.State.is_hydrated,
            on_send=InboxState.send.temporal,
        ),
        conversation=_OPEN.id,
        more=InboxState.more_messages,
        unread=_OPEN.unread,
        on_older=InboxState.older,
        on_seen=InboxState.seen,
    )


def _composer() -> rx.Component:
    suggested = CopilotState.conversation == _OPEN.id
    return rx.fragment(
        presence("conversation", _OPEN.id),
        rx.cond(suggested, suggestions()),
        composer(
            conversation=_OPEN.id,
            closed=_OPEN.closed,
            until=_OPEN.until,
            settled=InboxState.settled,
            refused=InboxState.refused,
            kept=InboxState.draft,
            canned=InboxState.canned,
            people=InboxState.colleagues,
            quoting=InboxState.quoting,
            suggestion=rx.cond(
                suggested & ~CopilotState.asking & (CopilotState.suggestions.length() > 0),
                CopilotState.suggestions[0],
                "",
            ),
            on_note=InboxState.note,
            on_refusal=InboxState.refusal_seen,
            on_draft=InboxState.keep_draft,
            on_quoted=InboxState.quote,
            on_template=TemplateState.show,
            on_suggest=CopilotState.ask,
        ),
        template_dialog(),
        passing(),
        block_question(),
        leaving_bot(),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        InboxState.missing,
        problem(
            "This conversation cannot be found",
            "It may belong to another organization, or the link was cut short.",
        ),
        rx.el.div(
            empty(
                "message_square",
                "Choose a conversation",
                "Or press J to open the first one.",
            ),
            rx.el.dl(
                *(
                    rx.el.div(
                        rx.el.dt(*(rx.el.kbd(key) for key in keys.split())),
                        rx.el.dd(words),
                    )
                    for keys, words in (
                        ("J K", "next, previous"),
                        ("R", "reply"),
                        ("N", "note"),
                        ("T", "take it"),
                        ("A", "assign"),
                        ("E", "resolve"),
                        ("/", "search"),
                    )
                ),
                class_name="keys",
            ),
            class_name="choose",
        ),
    )
