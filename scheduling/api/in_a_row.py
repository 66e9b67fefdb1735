"""When several services in a row could be, over the API."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from hub.rest import filters
from hub.rest.filters import IdFilter, IdsFilter, RecordFilters
from hub.rest.problems import ParameterError
from scheduling.api.filters import DayFilter
from scheduling.api.in_a_row_answers import RowsAnswer
from scheduling.api.viewsets import AvailabilityViewSet
from scheduling.in_a_row.booking import FEWEST, MOST
from scheduling.in_a_row.finding import Step, rows_on
from scheduling.reach import bookable_staff, locations_of
from scheduling.search import OpenTime

MOST_PEOPLE = 20


class RowsFilters(RecordFilters):
    """What a search for services in a row must and may name."""

    updated_since = None  # type: ignore[assignment]
    services = IdsFilter(
        "svc", fewest=FEWEST, most=MOST, required=True, help_text="In their order, by commas."
    )
    location = IdFilter("loc", required=True)
    date = DayFilter(required=True, help_text="The day, on the clock of the location.")
    staff = IdsFilter("stf", most=MOST_PEOPLE, help_text="Only with these people.")


class RowsViewSet(AvailabilityViewSet):
    """Free times for several services in a row."""

    serializer_class = RowsAnswer
    filterset_class = RowsFilters

    def list(self, request: Request) -> Response:
        """Find when several services could follow each other on a day, for one customer.

        Each begins when the one before is over, or up to 15 minutes later. One answer for each
        start: the one that is over first, with the fewest changes of person.
        """
        at = timezone.now()
        asked = filters.values(self.filterset_class, request.query_params)
        place = locations_of(self.access).filter(pk=asked["location"]).first()
        if place is None:
            raise ParameterError({"location": "There is no such location, or not for you."})
        among = set(bookable_staff(self.access, place).values_list("pk", flat=True))
        rows = rows_on(
            [asked["date"]],
            [Step(pk) for pk in asked["services"]],
            location_id=place.pk,
            at=at,
            among=among & set(asked["staff"]) if asked["staff"] else among,
        )
        data = [_told(row, asked["services"]) for row in rows]
        found = {"as_of": at, "time_zone": place.time_zone, "data": data}
        return Response(RowsAnswer(found, context=self.shown).data)


def _told(row: Sequence[OpenTime], services: Sequence[UUID]) -> dict[str, Any]:
    parts = [
        {
            "service": service,
            "staff": time.staff_id,
            "start_at": time.start_at,
            "end_at": time.end_at,
        }
        for time, service in zip(row, services, strict=True)
    ]
    return {
        "start_at": row[0].start_at,
        "end_at": row[-1].end_at,
        "unconfirmed": any(time.is_unconfirmed for time in row),
        "parts": parts,
    }
