"""Calling services as a route would."""

from collections.abc import Callable
from typing import Any

from botpe_app import db
from botpe_app.services.access import Actor


def within(actor: Actor, service: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The service's answer from one committed transaction in the actor's own scope."""
    with db.transaction() as session:
        db.act_for(session, actor.organization_id)
        return service(session, actor, *arguments, **options)
