"""/api/problems: what needs a person now."""

from __future__ import annotations

from botpe_app.core.permissions import Permission
from botpe_app.models.base import utc_now
from botpe_app.services import problems
from botpe_app.services.views import Page, Problem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Paging, Shape, page_of

routes = router("/problems", "Problems")


class ProblemShape(Shape):
    """Something wrong and its mend; `kind` is paused, quality, failed, uncertain, late, mail …"""

    kind: str
    title: str
    mend: str
    account_id: Id | None
    count: int


@routes.get("", response_model=Listed[ProblemShape])
@needs(Permission.READ)
def list_problems(call: Caller, query: FromQuery[Paging]) -> Page[Problem]:
    """Everything that is wrong now, the gravest first: numbers, messages, what waits too long."""
    return page_of(problems.list_problems(call.session, call.actor, now=utc_now()), query)
