"""The waiting list: who waits, longest first, and who does not any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.models import ContactKind, ContactPoint
from hub import access
from hub.access import Access, Capability, requires
from hub.listing import id_in
from scheduling.models import Service, WaitingEntry
from scheduling.models.waiting import WaitingQuerySet
from scheduling.reach import locations_of
from scheduling.web.appointments import MAY_BOOK, SEES_APPOINTMENTS
from scheduling.web.wording import said_days

ON_A_PAGE = 50
SHOWN = {"open": "Waiting", "ended": "Ended"}


@dataclass(frozen=True, slots=True)
class Row:
    entry: WaitingEntry
    days: str
    has_email: bool


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """``before`` and ``after`` are the ids to page on from, where there is more."""

    rows: Sequence[Any]
    before: UUID | None
    after: UUID | None


@require_safe
@requires(*SEES_APPOINTMENTS)
def list_waiting(request: HttpRequest) -> HttpResponse:
    held = access.of(request)
    show = request.GET.get("show", "")
    chosen = {"show": show if show in SHOWN else "open"}
    chosen |= {name: str(id_in(request, name) or "") for name in ("location", "service")}
    visible = WaitingEntry.objects.visible_to(held)
    shown = _page(
        _narrowed(visible, chosen),
        is_ended=chosen["show"] == "ended",
        after=id_in(request, "after"),
        before=id_in(request, "before"),
    )
    context = {
        "rows": [row_of(entry) for entry in shown.rows],
        "chosen": chosen,
        "count": visible.open().count(),
        "tabs": [
            (label, _link(chosen | {"show": value}), value == chosen["show"])
            for value, label in SHOWN.items()
        ],
        "is_narrow": bool(chosen["location"] or chosen["service"]),
        "previous": _link(chosen, before=shown.before) if shown.before else "",
        "next": _link(chosen, after=shown.after) if shown.after else "",
        "may_add": held.can(*MAY_BOOK),
        **_choices(held),
    }
    return render(request, "scheduling/waiting/list.html", context)


def with_email(entries: QuerySet[WaitingEntry]) -> QuerySet[WaitingEntry]:
    """Join what a line shows; ``has_email`` says whether an offer reaches the customer."""
    addresses = ContactPoint.objects.filter(kind=ContactKind.EMAIL, customer=OuterRef("customer"))
    joined = entries.select_related("customer", "service", "location", "staff", "offered_staff")
    return joined.annotate(has_email=Exists(addresses))


def row_of(entry: Any) -> Row:
    return Row(entry, said_days(entry.first_date, entry.last_date), entry.has_email)


def _narrowed(visible: WaitingQuerySet, chosen: dict[str, str]) -> WaitingQuerySet:
    found = visible.filter(is_open=False) if chosen["show"] == "ended" else visible.open()
    for name in ("location", "service"):
        if chosen[name]:
            found = found.filter(**{name: chosen[name]})
    return found


def _page(
    entries: WaitingQuerySet, *, is_ended: bool, after: UUID | None, before: UUID | None
) -> WaitingPage:
    """Cut out one page that starts beside a given row: oldest first, of ended ones newest.

    A row that is gone starts from the top.
    """
    column = "created_at" if is_ended else "queued_at"
    is_back = before is not None
    place = _place(entries, before or after, column)
    ascends = is_ended == (is_back and place is not None)
    if place is not None:
        entries = entries.filter(_beyond(place, column, "gt" if ascends else "lt"))
    sign = "" if ascends else "-"
    rows: list[WaitingEntry] = list(
        with_email(entries).order_by(f"{sign}{column}", f"{sign}pk")[: ON_A_PAGE + 1]
    )
    has_more, shown = len(rows) > ON_A_PAGE, rows[:ON_A_PAGE]
    if is_back and place is not None:
        shown.reverse()
        return WaitingPage(shown, _id(shown, 0) if has_more else None, _id(shown, -1))
    return WaitingPage(
        shown, _id(shown, 0) if place else None, _id(shown, -1) if has_more else None
    )


def _place(entries: WaitingQuerySet, pk: UUID | None, column: str) -> tuple[datetime, UUID] | None:
    return entries.filter(pk=pk).values_list(column, "pk").first() if pk else None


def _beyond(place: tuple[datetime, UUID], column: str, side: str) -> Q:
    moment, pk = place
    return Q(**{f"{column}__{side}": moment}) | Q(**{column: moment, f"pk__{side}": pk})


def _id(rows: Sequence[WaitingEntry], place: int) -> UUID | None:
    return rows[place].pk if rows else None


def _choices(held: Access) -> dict[str, object]:
    """Return what the list can be narrowed to: places in reach, services that were waited for."""
    waited = WaitingEntry.objects.visible_to(held).values("service")
    return {
        "places": list(locations_of(held)),
        "services": list(Service.objects.filter(pk__in=waited).order_by("name", "pk")),
        "sees_all": held.can(Capability.VIEW_CALENDAR),
    }


def _link(chosen: dict[str, str], **place: UUID | None) -> str:
    kept = chosen | place
    return "?" + urlencode({name: value for name, value in kept.items() if value})
