"""`/c/…`: a campaign's counted links, on to where they lead."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from botpe_app import db
from botpe_app.services import campaign_links
from botpe_app.web.api.routes import in_thread

_UNKEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


async def follow(request: Request) -> Response:
    """302 to the page that the link leads to; 404 for one we never made. HEAD counts nothing."""
    link = campaign_links.read(request.path_params["token"])
    if link is None:
        return PlainTextResponse("This link leads nowhere.", 404, _UNKEPT)
    if request.method == "GET":
        await in_thread(_note, link)
    return RedirectResponse(link.address, 302, _UNKEPT)


def _note(link: campaign_links.Link) -> None:
    with db.transaction() as session:
        db.act_as_system(session)
        campaign_links.note_click(session, link)


ROUTES = (Route(f"{campaign_links.PATH}{{token}}", follow),)
