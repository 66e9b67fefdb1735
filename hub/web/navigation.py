"""What stands around every page: sections, names, the time zone, the state of the syncs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from hub import access
from hub.access import Access, Capability
from hub.accounts.models import User
from hub.web.business import business_of
from scheduling.models import Location


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the navigation; ``view`` is the name of its URL."""

    view: str
    label: str
    icon: str
    needs: tuple[Capability, ...]
    keys: str = ""

    @property
    def url(self) -> str:
        """Return the address, or an empty text while the page does not exist."""
        try:
            return reverse(self.view)
        except NoReverseMatch:
            return ""


WORK = (
    Page(
        "scheduling:calendar",
        "Calendar",
        "calendar",
        (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR),
        "g c",
    ),
    Page(
        "customers:list",
        "Customers",
        "users",
        (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER),
        "g k",
    ),
    Page("billing:list", "Invoices", "file-invoice", (Capability.VIEW_INVOICE,), "g i"),
    Page("syncs:overview", "Sync", "refresh", (Capability.VIEW_SYNC,), "g s"),
)
SETTINGS = (
    Page("scheduling:locations", "Locations", "map-pin", (Capability.SET_UP_SCHEDULE,)),
    Page("scheduling:people", "Staff", "users-group", (Capability.SET_UP_SCHEDULE,)),
    Page("scheduling:services", "Services", "list-check", (Capability.SET_UP_SCHEDULE,)),
    Page("scheduling:resources", "Rooms", "door", (Capability.SET_UP_SCHEDULE,)),
    Page("scheduling:message_templates", "Messages", "mail", (Capability.SET_UP_SCHEDULE,)),
    Page("scheduling:moving_in", "Moving in", "file-import", (Capability.IMPORT_APPOINTMENT,)),
    Page("people", "People", "user-cog", (Capability.MANAGE_PEOPLE,), "g p"),
    Page("roles", "Roles", "shield-lock", (Capability.MANAGE_PEOPLE,)),
    Page("keys", "API keys", "key", (Capability.MANAGE_PEOPLE,)),
)
SUBSCRIPTIONS = Page(
    "scheduling:subscriptions",
    "Calendar subscription",
    "calendar-repeat",
    (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR),
)
CREATE = Page(
    "scheduling:calendar",
    "New appointment",
    "plus",
    (Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT),
)

IN_STEP = {"state": "ok", "text": "In step"}


def pages(held: Access) -> list[Page]:
    """Return the pages that ``held`` may open, in the order of the navigation."""
    return list(_allowed((*WORK, *SETTINGS), held))


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor; nothing is read before a template asks for it, fragments never do."""
    user = getattr(request, "user", None)
    return {"shell": Shell(request, user) if isinstance(user, User) else None}


class Shell:
    search_url = "/search/"

    def __init__(self, request: HttpRequest, user: User) -> None:
        self.request, self._user = request, user
        self.access = access.of(request)

    @cached_property
    def business(self) -> dict[str, str]:
        cities = list(Location.objects.filter(is_active=True).values_list("city", flat=True))
        place = cities[0] if len(cities) == 1 else f"{len(cities)} locations" if cities else ""
        return {"name": business_of(self.request).name, "place": place}

    @cached_property
    def user(self) -> dict[str, str]:
        role = ", ".join(self.access.roles) or "No role yet"
        return {"name": str(self._user), "initials": self._user.initials, "role": role}

    @property
    def timezone(self) -> str:
        return business_of(self.request).time_zone

    @property
    def zone_label(self) -> str:
        return self.timezone.rpartition("/")[2].replace("_", " ")

    @cached_property
    def sync(self) -> dict[str, str] | None:
        """The chip in the top bar; nothing without the right to see, or with no tool connected."""
        if not self.access.can(Capability.VIEW_SYNC) or not self._standing[0]:
            return None
        waiting = self._standing[1]
        words = {"state": "bad", "text": f"{waiting} need you"} if waiting else IN_STEP
        return words | {"url": reverse("syncs:overview")}

    @cached_property
    def _standing(self) -> tuple[bool, int]:
        """Whether any tool is connected, and how much of the syncing waits for a person."""
        with connection.cursor() as cursor:
            cursor.execute(_STANDING)
            found: tuple[bool, int] = cursor.fetchone()
        return found

    @cached_property
    def sections(self) -> list[dict[str, object]]:
        shown = (
            ("", [self._item(page) for page in _allowed(WORK, self.access)]),
            ("Settings", [self._item(page) for page in _allowed(SETTINGS, self.access)]),
        )
        return [{"title": title, "items": items} for title, items in shown if items]

    @cached_property
    def subscriptions(self) -> Page | None:
        """Where somebody subscribes to their own calendar; under their account."""
        return next(iter(_allowed((SUBSCRIPTIONS,), self.access)), None)

    @cached_property
    def create(self) -> dict[str, str] | None:
        page = next(iter(_allowed((CREATE,), self.access)), None)
        return {"url": f"{page.url}?new=1", "label": page.label} if page else None

    def _item(self, page: Page) -> dict[str, Any]:
        here = self.request.path.startswith(page.url)
        item = {"url": page.url, "icon": page.icon, "label": page.label, "keys": page.keys}
        return item | {"current": here, **self._count(page)}

    def _count(self, page: Page) -> dict[str, object]:
        waiting = self._standing[1] if page.view == "syncs:overview" else 0
        return {"count": waiting, "bad": bool(waiting)}


def _allowed(listed: Iterable[Page], held: Access) -> Iterable[Page]:
    return (page for page in listed if held.can(*page.needs) and page.url)


_STANDING = """
    SELECT EXISTS (SELECT FROM syncs_connection WHERE status <> 'disabled'),
        (SELECT count(*) FROM syncs_job WHERE state IN ('parked', 'dead'))
        + (SELECT count(*) FROM syncs_conflict WHERE state = 'open')
"""
