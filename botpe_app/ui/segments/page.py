"""/segments."""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec

from botpe_app.ui.components import (
    ago,
    avatar,
    button,
    button_link,
    confirm,
    drawer,
    empty,
    field,
    form_error,
    icon_button,
    skeleton_rows,
    tabs,
)
from botpe_app.ui.contacts.page import TABS
from botpe_app.ui.layout import head, page
from botpe_app.ui.segments.rows import Field, Sampled, Segment
from botpe_app.ui.segments.state import SegmentsState


class SegmentBuilder(rx.Component):
    """A filter to be built by choosing; says what it is by now as JSON."""

    library = "$/public/segments.jsx"
    tag = "SegmentBuilder"
    start: rx.Var[str]
    fields: rx.Var[list[Field]]
    problems: rx.Var[dict[str, str]]
    fixed: rx.Var[bool]
    on_change: rx.EventHandler[passthrough_event_spec(str)]


@page("Segments", here="Contacts", on_load=SegmentsState.enter)
def segments() -> rx.Component:
    """Groups of contacts that keep themselves up to date."""
    return rx.fragment(
        head(
            "Contacts",
            rx.cond(
                SegmentsState.may_manage,
                button_link("New segment", "/segments?s=new", kind="solid", icon="plus"),
            ),
            after=tabs("Contacts and segments", TABS, "Segments"),
        ),
        rx.el.div(
            rx.cond(
                SegmentsState.loaded,
                rx.cond(SegmentsState.segments.length() > 0, _list(), _none()),
                skeleton_rows(4, kind="row"),
            ),
            class_name="body",
        ),
        _builder(),
        confirm(
            f"Delete {SegmentsState.name}?",
            "Only the segment goes; its contacts stay.",
            "Delete",
            open=SegmentsState.removing,
            on_close=SegmentsState.ask_remove(False),
            on_confirm=SegmentsState.remove,
        ),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(SegmentsState.segments, _row), class_name="lines segments"),
        class_name="card flush",
    )


def _row(segment: rx.vars.ObjectVar[Segment]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(rx.icon("filter", size=17), class_name="empty-mark small-mark"),
            rx.el.span(
                rx.el.span(segment.name, class_name="strong clip", dir="auto"),
                rx.el.span(segment.words, class_name="small mute clip", dir="auto"),
                class_name="who grow",
            ),
            rx.cond(
                segment.count != "",
                rx.el.strong(segment.count, class_name="number"),
                rx.cond(SegmentsState.may_manage, rx.el.span("…", class_name="mute")),
            ),
            ago(at=segment.changed, class_name="small mute wide-only"),
            rx.icon("chevron_right", size=16, class_name="faint"),
            href=segment.href,
            class_name="row grow",
        ),
        key=segment.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "filter",
            "No segment yet",
            "A segment is everybody who has something in common, such as a tag, a city or not "
            "having written for a month. It keeps itself up to date; campaigns go to segments.",
            rx.cond(
                SegmentsState.may_manage,
                button_link("Build the first one", "/segments?s=new", kind="solid"),
            ),
        ),
        class_name="card",
    )


def _builder() -> rx.Component:
    return drawer(
        "Segment",
        rx.cond(
            SegmentsState.open != "",
            rx.el.form(
                _builder_head(),
                rx.el.section(
                    field(
                        "name",
                        "Name",
                        default_value=SegmentsState.name,
                        placeholder="Regulars in Valencia",
                        auto_complete="off",
                        max_length=80,
                        read_only=~SegmentsState.may_manage,
                        error=SegmentsState.errors.get("name", ""),
                    ),
                    class_name="person-section",
                ),
                rx.el.section(
                    rx.el.h3("Who"),
                    SegmentBuilder.create(
                        start=SegmentsState.filter,
                        fields=SegmentsState.fields,
                        problems=SegmentsState.problems,
                        fixed=~SegmentsState.may_manage,
                        on_change=SegmentsState.try_filter,
                        key=SegmentsState.open,
                    ),
                    class_name="person-section",
                ),
                rx.cond(SegmentsState.may_manage, _meant()),
                on_submit=SegmentsState.save,
                no_validate=True,
            ),
        ),
        open=SegmentsState.open != "",
        on_close=SegmentsState.close,
        wide=True,
    )


def _builder_head() -> rx.Component:
    return rx.el.header(
        rx.el.h2(
            rx.cond(SegmentsState.open == "new", "New segment", SegmentsState.name),
            class_name="clip grow",
        ),
        form_error(SegmentsState.errors.get("form", "")),
        rx.cond(
            SegmentsState.may_manage,
            rx.fragment(
                rx.cond(
                    SegmentsState.open != "new",
                    icon_button(
                        "trash_2", "Delete segment", on_click=SegmentsState.ask_remove(True)
                    ),
                ),
                button("Save", kind="solid", type="submit"),
            ),
        ),
        icon_button("x", "Close", on_click=SegmentsState.close),
        class_name="person-head",
    )


def _meant() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.span(
                rx.cond(SegmentsState.count >= 0, f"{SegmentsState.count}", "–"),
                class_name="figure",
            ),
            rx.el.span("contacts are meant now", class_name="mute"),
            rx.el.span(class_name="grow"),
            rx.cond(
                (SegmentsState.open != "new") & (SegmentsState.count > 0),
                button_link(
                    "Export",
                    f"/api/contacts/export?segment_id={SegmentsState.open}",
                    icon="download",
                    class_name="small",
                    download="segment.csv",
                    title="As it was saved",
                ),
            ),
            role="status",
            class_name="row baseline",
        ),
        rx.el.ul(rx.foreach(SegmentsState.sample, _sampled), class_name="lines"),
        class_name="person-section",
    )


def _sampled(person: rx.vars.ObjectVar[Sampled]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            avatar(person.initials, person.hue),
            rx.el.span(
                rx.el.span(person.name, class_name="strong clip", dir="auto"),
                rx.el.span(person.detail, class_name="small mute clip"),
                class_name="who grow",
            ),
            href=person.href,
            class_name="row grow",
        ),
        key=person.id,
    )
