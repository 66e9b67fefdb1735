"""The cast: Ada manages, Ben is at the front desk, Paula practices, Bo bills, Ida administers."""

from django.utils import timezone

from hub.accounts.models import User
from hub.accounts.people import add_person
from hub.accounts.roles import grant_role
from hub.actors import Actor, ActorKind, Source

# Counts as an import: whom it adds is compared by ``compare_imported``, not by ``compare``.
SETUP = Actor.imported("Test set-up")
# Ben without an account; whom he adds is compared at once.
DESK = Actor(ActorKind.SYSTEM, "desk", "Ben Desk", Source.BROWSER, "test-request")
PASSWORD = "correct horse battery"
CAST = {
    "Manager": "Ada Manager",
    "Front desk": "Ben Desk",
    "Practitioner": "Paula Practice",
    "Billing": "Bo Billing",
    "Administrator": "Ida Admin",
}


def person(role: str | None = "Front desk", *, name: str = "", email: str = "") -> User:
    """Return a saved user with ``role`` at every location; ``None`` gives no role at all."""
    name = name or CAST.get(role or "", "Cleo Outside")
    email = email or f"{name.split()[0].lower()}@hub.example"
    user = add_person(email=email, name=name, password=PASSWORD, by=SETUP)
    if role:
        grant_role(user.pk, role=role, at=timezone.now(), by=SETUP)
    return user


def actor(user: User, *, source: Source = Source.BROWSER) -> Actor:
    return Actor(ActorKind.USER, str(user.pk), user.name, source, "test-request")
