"""/api/users: the people of the organization, and oneself."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import auth, people, views
from botpe_app.services.views import Me, Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Paging, Shape, page_of

routes = router("/users", "People")


class Home(Shape):
    """The organization one acts in."""

    id: Id
    name: str
    slug: str
    time_zone: str


class Person(Shape):
    """Oneself: a person, or the API key that asks."""

    id: Id
    email: str
    name: str
    role: str
    organization: Home

    @classmethod
    def of(cls, me: Me) -> Person:
        """The same as the view says it."""
        home = Home(
            id=me.organization_id,
            name=me.organization_name,
            slug=me.organization_slug,
            time_zone=me.time_zone,
        )
        return cls(id=me.user_id, email=me.email, name=me.name, role=me.role, organization=home)


class Member(Shape):
    """A person of the organization."""

    id: Id
    name: str
    email: str
    role: str


class PersonChange(BaseModel):
    """What may be changed of oneself."""

    name: str


@routes.get("/me")
@needs(Permission.READ)
def get_me(call: Caller) -> Person:
    """Who is asking."""
    return Person.of(auth.me(call.session, call.actor))


@routes.patch("/me")
@needs(Permission.READ)
def change_me(call: Caller, body: PersonChange) -> Person:
    """Change one's own name."""
    return Person.of(auth.rename_me(call.session, call.actor, name=body.name))


@routes.get("", response_model=Listed[Member])
@needs(Permission.READ)
def list_users(call: Caller, query: FromQuery[Paging]) -> Page[views.Member]:
    """Everyone in the organization, by name."""
    return page_of(people.list_members(call.session, call.actor), query)
