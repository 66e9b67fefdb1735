"""What scheduling knows about people: notes go, the fact of a visit stays."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from customers.erasure import Kept
from hub import history
from hub.actors import Actor
from hub.models import Change
from scheduling.models import Appointment, OnlineBooking, Series, SeriesStatus
from scheduling.states import TO_COME

FIELDS = ("notes", "customer_notes", "tags", "cancel_reason")
ANNOUNCED = frozenset({"notes", "customer_notes", "reason", "cancel_reason"})


def obstacle(customer_ids: Iterable[UUID], *, at: datetime) -> str:
    coming = Appointment.objects.filter(
        customer__in=customer_ids, status__in=TO_COME, end_at__gt=at
    ).count()
    if coming:
        visits = "An appointment is" if coming == 1 else f"{coming} appointments are"
        return f"{visits} still to come: cancel first."
    if Series.objects.filter(customer__in=customer_ids).exclude(status=SeriesStatus.ENDED):
        return "Visits are still to be booked by a series: end it first."
    return ""


def kept(customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:  # noqa: ARG001
    count = Appointment.objects.filter(customer__in=customer_ids).count()
    if not count:
        return []
    visits = "The appointment" if count == 1 else f"{count} appointments"
    return [Kept(f"{visits}, without notes or name.", "Who worked when is the team's own record.")]


def erase(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    for visit in Appointment.objects.select_for_update().filter(customer__in=customer_ids):
        visit.notes = visit.customer_notes = visit.cancel_reason = ""
        visit.tags = []
        history.save(visit, fields=FIELDS, by=by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT scheduling_erase_history(%s)", [visit.pk])
        _forget_announced(visit.pk)
    OnlineBooking.objects.filter(appointment__customer__in=customer_ids).update(contacts=[])
    for series in Series.objects.filter(customer__in=customer_ids):
        with connection.cursor() as cursor:
            cursor.execute("SELECT scheduling_erase_series_history(%s)", [series.pk])
        _forget_announced(series.pk)


def _forget_announced(record_id: UUID) -> None:
    """Take the words out of what was announced; that it was, and when, stays."""
    announced = Change.objects.filter(local_id=record_id, fields__has_any_keys=ANNOUNCED)
    for change in announced.select_for_update():
        for name in ANNOUNCED & change.fields.keys():
            change.fields[name] = []
        change.save(update_fields=["fields"])
