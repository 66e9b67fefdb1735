"""The classes of a day as the calendar draws them: one block each, with how many come."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.urls import reverse

KEYS = (
    *("id", "people", "start", "end", "version"),
    *("customer", "taken", "seats", "hue", "before", "after"),
)


def classes_of(bounds: Mapping[str, Any], reach: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the planned classes within ``bounds`` that ``reach`` lets see, as items of a day.

    ``bounds``: zone, location, begin, end, at. Times are local to the location.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {**bounds, **reach})
        return [_item(dict(zip(KEYS, row, strict=True))) for row in cursor.fetchall()]


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    lead, *beside = row["people"]
    return {
        **{name: row[name] for name in KEYS if name not in ("people", "taken", "seats")},
        "staff": lead,
        "beside": beside,
        "status": "booked",
        "color": "",
        "tags": [],
        "service": f"{row['taken']} of {row['seats']} seats taken",
        "movable": False,
        "url": reverse("scheduling:class", args=[row["id"]]),
    }


_CLASSES = """
    SELECT planned.id,
        array_agg(person.id
            ORDER BY person.id = planned.staff_id DESC, person.position, person.id),
        planned.start_at AT TIME ZONE %(zone)s, planned.end_at AT TIME ZONE %(zone)s,
        planned.version, service.name,
        (SELECT count(*) FROM scheduling_occupancy seat
            LEFT JOIN scheduling_hold held ON held.id = seat.hold_id
            LEFT JOIN scheduling_appointment booked ON booked.id = seat.appointment_id
            WHERE seat.active AND seat.subject = 'session:' || planned.id
                AND coalesce(held.expires_at > %(at)s, TRUE)
                AND coalesce(booked.slot_held_until >= %(at)s, TRUE)),
        planned.seats, service.hue,
        planned.buffer_before_minutes, planned.buffer_after_minutes
    FROM scheduling_groupsession planned
    JOIN scheduling_service service ON service.id = planned.service_id
    JOIN scheduling_occupancy taking ON taking.session_id = planned.id
    JOIN scheduling_staff person ON taking.subject = 'staff:' || person.id
    WHERE planned.status = 'planned' AND planned.location_id = %(location)s
        AND planned.start_at < %(end)s AND planned.end_at > %(begin)s
        AND (%(sees_all)s OR person.user_id = %(user)s)
    GROUP BY planned.id, service.id ORDER BY planned.start_at, planned.id
"""
