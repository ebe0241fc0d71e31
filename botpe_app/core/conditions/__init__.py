"""The tests that flows put to what a customer wrote and to variables.

The `has_…` tests follow goflow's router tests, so that flows and habits carry over; the others
compare variables and look at the calendar. `docs/flow-format.md` lists them all.
"""

from botpe_app.core.conditions import (
    calendar,
    compare,
    contact,
    dates,
    numbers,
    places,
    records,
    words,
)
from botpe_app.core.conditions.env import Env, date_order, read_env
from botpe_app.core.conditions.hours import Hours
from botpe_app.core.conditions.operators import OPERATORS, Operator, Result, evaluate
from botpe_app.core.conditions.zones import located, zone

# Their tests enter themselves into OPERATORS when they are imported.
_ROOMS = (words, numbers, dates, contact, records, places, compare, calendar)

__all__ = [
    "OPERATORS",
    "Env",
    "Hours",
    "Operator",
    "Result",
    "date_order",
    "evaluate",
    "located",
    "read_env",
    "zone",
]
