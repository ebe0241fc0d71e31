"""The pieces every page is made of. Each is a function of plain values or Vars."""

from botpe_app.ui.components.basics import (
    avatar,
    back_link,
    button,
    button_link,
    chip,
    icon_button,
    menu,
    menu_item,
    show_button,
    switch,
)
from botpe_app.ui.components.charts import Series, chart, heat, save_rows
from botpe_app.ui.components.feedback import Toasts, empty, problem, skeleton_rows, toasts
from botpe_app.ui.components.forms import (
    area,
    check,
    choice,
    field,
    form_error,
    options_of,
    search_box,
    select,
)
from botpe_app.ui.components.scripts import ago, confirm, copy_button, dialog, window_chip
from botpe_app.ui.components.sheets import drawer, pager, tabs, tick_box

__all__ = [
    "Series",
    "Toasts",
    "ago",
    "area",
    "avatar",
    "back_link",
    "button",
    "button_link",
    "chart",
    "check",
    "chip",
    "choice",
    "confirm",
    "copy_button",
    "dialog",
    "drawer",
    "empty",
    "field",
    "form_error",
    "heat",
    "icon_button",
    "menu",
    "menu_item",
    "options_of",
    "pager",
    "problem",
    "save_rows",
    "search_box",
    "select",
    "show_button",
    "skeleton_rows",
    "switch",
    "tabs",
    "tick_box",
    "toasts",
    "window_chip",
]
