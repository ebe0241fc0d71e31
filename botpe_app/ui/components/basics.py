"""Buttons, chips, avatars and menus."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

Kind = Literal["plain", "solid", "quiet", "bad"]
Tone = Literal["", "good", "warn", "bad", "info"]
Words = str | rx.Var[str]


def button(
    label: Words, *, kind: Kind = "plain", icon: str = "", key: str = "", **props: Any
) -> rx.Component:
    """A button; `key` is the letter that presses it, shown beside the label."""
    if key:
        props.setdefault("custom_attrs", {})["data-hotkey"] = key.lower()
    return rx.el.button(
        *_icon(icon),
        rx.el.span(label, class_name="label"),
        *([rx.el.kbd(key, aria_hidden="true")] if key else []),
        type=props.pop("type", "button"),
        class_name=f"btn {kind} {props.pop('class_name', '')}",
        **props,
    )


def button_link(
    label: Words, href: Words, *, kind: Kind = "plain", icon: str = "", **props: Any
) -> rx.Component:
    """A link that looks like a button; with `download`, the browser fetches a file."""
    if "download" in props:  # no page of ours: the router would look for one at that address
        props["reload_document"] = True
    return rx.el.a(
        *_icon(icon),
        rx.el.span(label, class_name="label"),
        href=href,
        class_name=f"btn {kind} {props.pop('class_name', '')}",
        **props,
    )


def icon_button(icon: str, label: Words, *, kind: Kind = "quiet", **props: Any) -> rx.Component:
    """A square button with an icon; the label is its tooltip and its spoken name."""
    return rx.el.button(
        rx.icon(icon, size=props.pop("size", 18)),
        type=props.pop("type", "button"),
        title=label,
        aria_label=label,
        class_name=f"btn square {kind} {props.pop('class_name', '')}",
        **props,
    )


def back_link(href: str, place: str) -> rx.Component:
    """The way back to a list, left of a page's title."""
    return rx.el.a(
        rx.icon("arrow_left", size=18),
        href=href,
        aria_label=f"Back to the {place}",
        title="Back",
        class_name="btn quiet square",
    )


def show_button(*words: rx.Component | Words, on: Any, on_click: Any) -> rx.Component:
    """One of several kinds a list may show; `on` while it shows this one."""
    return rx.el.button(
        *words,
        type="button",
        aria_pressed=rx.cond(on, "true", "false"),
        on_click=on_click,
        class_name="show",
    )


def switch(label: Words, on: bool | rx.Var[bool], **props: Any) -> rx.Component:
    """Something that is on or off; the label is its spoken name."""
    return rx.el.button(
        rx.el.i(aria_hidden="true"),
        type="button",
        role="switch",
        aria_checked=rx.cond(on, "true", "false"),
        aria_label=label,
        class_name="on-off",
        **props,
    )


def chip(
    label: Words, *, tone: Tone | rx.Var[str] = "", icon: str = "", **props: Any
) -> rx.Component:
    """A short fact in a pill."""
    return rx.el.span(
        *_icon(icon, 13),
        label,
        class_name=f"chip {tone} {props.pop('class_name', '')}",
        **props,
    )


def avatar(
    letters: Words, hue: int | rx.Var[int], *, size: Literal["", "large", "tiny"] = ""
) -> rx.Component:
    """Initials on the colour that always belongs to this person."""
    return rx.el.span(
        letters,
        aria_hidden="true",
        class_name=f"avatar {size} hue-{hue}",
    )


def menu(summary: rx.Component, *items: rx.Component, **props: Any) -> rx.Component:
    """A button that opens a sheet of choices; closes by itself, by Escape, by a choice."""
    side = props.pop("side", "left")
    return rx.el.details(
        summary,
        rx.el.div(*items, class_name=f"menu-sheet {side}"),
        class_name=f"menu {props.pop('class_name', '')}",
        **props,
    )


def menu_item(*content: rx.Component | Words, icon: str = "", **props: Any) -> rx.Component:
    """One choice of a menu."""
    return rx.el.button(*_icon(icon, 16), *content, type="button", class_name="menu-item", **props)


def _icon(name: str, size: int = 16) -> list[rx.Component]:
    return [rx.icon(name, size=size, aria_hidden="true")] if name else []
