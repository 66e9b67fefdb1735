"""Appointments over the API: every change is one call of the verb that the browser uses too."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer
from hub.access import Capability
from hub.rest import filters
from hub.rest.filters import RecordFilters
from hub.rest.problems import ParameterError
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer
from scheduling import search
from scheduling.api.catalog_answers import SEES
from scheduling.api.filters import AppointmentFilters, OpenTimesFilters
from scheduling.api.in_a_row_answers import BookedRow, NewRow
from scheduling.api.open_times_answers import OpenTimesAnswer
from scheduling.api.serializers import (
    AppointmentAnswer,
    AppointmentMove,
    AppointmentNotes,
    Cancellation,
    NewAppointment,
    Reasoned,
    Swap,
    colleagues_gathered,
    resources_gathered,
)
from scheduling.approving import accept_request, decline_request
from scheduling.attendance import complete_appointment, mark_no_show, reopen_appointment
from scheduling.booking import (
    Booking,
    annotate_appointment,
    book_appointment,
    reschedule_appointment,
)
from scheduling.canceling import cancel_appointment
from scheduling.in_a_row.booking import Part, book_in_a_row
from scheduling.models import Appointment, Staff
from scheduling.reach import bookable_staff, locations_of
from scheduling.swapping import swap_appointments

BOOKS = (Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT)


class AppointmentViewSet(RecordViewSet[Appointment]):
    """Appointments: book, move, cancel, complete."""

    prefix = "apt"
    serializer_class = AppointmentAnswer
    filterset_class = AppointmentFilters
    inputs: ClassVar = {
        "create": NewAppointment,
        "in_a_row": NewRow,
        "partial_update": AppointmentNotes,
        "reschedule": AppointmentMove,
        "swap": Swap,
        "cancel": Cancellation,
        "decline": Reasoned,
        "reopen": Reasoned,
    }
    answers: ClassVar = {"in_a_row": BookedRow}
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        "create": BOOKS,
        "in_a_row": BOOKS,
        "partial_update": BOOKS,
        "reschedule": BOOKS,
        "swap": BOOKS,
        "cancel": BOOKS,
        "accept": BOOKS,
        "decline": BOOKS,
        "complete": BOOKS,
        "no_show": BOOKS,
        "reopen": BOOKS,
    }

    def visible(self) -> QuerySet[Appointment]:
        people = Staff.objects.prefetch_related("services", "working_hours")
        shown = Appointment.objects.visible_to(self.access)
        wanted = {name.partition(".")[0] for name in self.shown["expand"]}
        joined = wanted & {"service", "resource", "location"}
        shown = shown.prefetch_related("assignments__staff", "assignments__resource")
        if joined:
            shown = shown.select_related(*sorted(joined))
        if "staff" in wanted:
            shown = shown.prefetch_related(Prefetch("staff", people))
        if "customer" in wanted:
            whole = Customer.objects.with_contacts().with_addresses()
            shown = shown.prefetch_related(Prefetch("customer", whole))
        return shown

    def create(self, request: Request) -> Response:
        """Book an appointment.

        Refused with 409 and `slot_taken` when somebody was faster: `details.in_the_way` says
        what stands there, `details.alternatives` names the nearest free times.
        """
        values = self.read()
        reason = values.pop("override_reason", "")
        booked = book_appointment(
            Booking(**resources_gathered(values)),
            at=timezone.now(),
            by=self.actor,
            override_reason=reason,
        )
        return self.created(booked)

    @action(detail=False, methods=["post"], url_path="in-a-row")
    def in_a_row(self, request: Request) -> Response:
        """Book several services in a row for one customer: all of them, or none.

        Each begins when the one before is over, or up to 15 minutes later. Refused with 409 and
        `slot_taken` when one of them is taken.
        """
        values = self.read()
        parts = [Part(**part) for part in values.pop("parts")]
        customer = values.pop("customer_id")
        booked = book_in_a_row(customer, parts, **values, at=timezone.now(), by=self.actor)
        shown = self.visible().in_bulk([one.pk for one in booked])
        told = {"data": [shown.get(one.pk, one) for one in booked]}
        return Response(BookedRow(told, context=self.shown).data)

    def partial_update(self, request: Request, id: str) -> Response:
        """Write the notes, the tags or the color."""
        appointment = self.load()
        changed = annotate_appointment(
            appointment.pk, **self.read(), by=self.actor, expected_version=appointment.version
        )
        return self.answer(changed)

    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, id: str) -> Response:
        """Move an appointment: another time, another length, another person."""
        appointment = self.load()
        moved = reschedule_appointment(
            appointment.pk,
            **colleagues_gathered(self.read()),
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(moved)

    @action(detail=True, methods=["post"])
    def swap(self, request: Request, id: str) -> Response:
        """Let two appointments change places, both or none; the answer is the one addressed."""
        appointment = self.load()
        values = self.read()
        swapped, _ = swap_appointments(
            appointment.pk,
            values.pop("other_id"),
            **values,
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(swapped)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Cancel an appointment for good; its time is free at once.

        A customer who cancels later than `free_until` owes the `late_fee`: it is drafted.
        """
        appointment = self.load()
        canceled = cancel_appointment(
            appointment.pk,
            **self.read(),
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(canceled)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, id: str) -> Response:
        """Accept a request: it is booked, and the customer is told."""
        appointment = self.load()
        accepted = accept_request(
            appointment.pk,
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(accepted)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: str) -> Response:
        """Decline a request: its time is free, and the customer is told the reason."""
        appointment = self.load()
        declined = decline_request(
            appointment.pk,
            **self.read(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(declined)

    @action(detail=True, methods=["post"])
    def complete(self, request: Request, id: str) -> Response:
        """Note that it took place; a draft invoice follows."""
        appointment = self.load()
        completed = complete_appointment(
            appointment.pk,
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(completed)

    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, id: str) -> Response:
        """Note that the customer did not come."""
        appointment = self.load()
        missed = mark_no_show(
            appointment.pk,
            at=timezone.now(),
            by=self.actor,
            expected_version=appointment.version,
        )
        return self.answer(missed)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, id: str) -> Response:
        """Take a completion or a no-show back, within a day and before it is invoiced."""
        appointment = self.load()
        reopened = reopen_appointment(
            appointment.pk, **self.read(), at=timezone.now(), by=self.actor
        )
        return self.answer(reopened)


class AvailabilityViewSet(RecordViewSet[Appointment]):
    """Free times."""

    prefix = "apt"
    serializer_class: type[AnswerSerializer] = OpenTimesAnswer
    filterset_class: type[RecordFilters] = OpenTimesFilters
    pagination_class = None  # type: ignore[assignment]
    capabilities: ClassVar = {"list": (*SEES, *BOOKS)}

    def parameters(self) -> frozenset[str]:
        return frozenset(self.filterset_class.base_filters)

    def visible(self) -> QuerySet[Appointment]:
        return Appointment.objects.none()

    def list(self, request: Request) -> Response:
        """Find the free times of a day.

        Working hours, breaks, buffers, rooms and notice are respected. It promises nothing:
        booking looks again.
        """
        at = timezone.now()
        asked = filters.values(self.filterset_class, request.query_params)
        place = locations_of(self.access).filter(pk=asked["location"]).first()
        if place is None:
            raise ParameterError({"location": "There is no such location, or not for you."})
        people = set(bookable_staff(self.access, place).values_list("pk", flat=True))
        times = search.open_times(
            asked["service"],
            location_id=place.pk,
            date=asked["date"],
            staff_id=asked["staff"],
            at=at,
        )
        found = {
            "as_of": at,
            "time_zone": place.time_zone,
            "data": [time for time in times if time.staff_id in people],
        }
        return Response(OpenTimesAnswer(found, context=self.shown).data)
