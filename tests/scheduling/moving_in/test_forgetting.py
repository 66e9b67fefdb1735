"""Uploaded files go after their days, and with anybody in them who is erased."""

from datetime import timedelta

import pytest
from django.conf import settings

from customers.erasure import erase_customer
from hub import documents
from hub.actors import Actor
from scheduling.models import Appointment, MovedIn, MovingIn
from scheduling.moving_in.forgetting import forget_due
from scheduling.moving_in.requesting import cancel
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    NOW,
    ada,
    checked,
    moved_in,
    outcomes,
    row,
    table,
    uploaded,
)

pytestmark = pytest.mark.django_db
JOB = Actor.job("delete files of moving in")
KEPT = timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
PAST = row("P1", "2027-01-11 10:00")


def is_stored(found: MovingIn) -> bool:
    try:
        documents.read(found.sha256)
    except documents.DocumentDamaged:
        return False
    return True


def test_a_file_goes_after_its_days_and_changes_nothing_when_it_comes_again() -> None:
    found = moved_in(table(MARA_ROW))

    assert forget_due(at=NOW + KEPT - timedelta(hours=1), by=JOB) == 0
    assert forget_due(at=NOW + KEPT, by=JOB) == 1

    found.refresh_from_db()
    assert (found.file, is_stored(found)) == (None, False)
    assert list(found.rows.values_list("shown", "outcome")) == [("", "booked")]
    assert outcomes(moved_in(table(MARA_ROW))) == ["known"]


def test_a_file_that_was_only_checked_is_canceled_with_its_forecast() -> None:
    found = checked(table(MARA_ROW))

    forget_due(at=NOW + KEPT, by=JOB)

    found.refresh_from_db()
    assert (found.state, found.rows.count()) == ("canceled", 0)


def test_a_file_goes_with_somebody_in_it_who_is_erased() -> None:
    found = moved_in(table(PAST))
    mara = Appointment.objects.get().customer

    erase_customer(mara.pk, reason="She asked", at=NOW, by=actor(ada()))
    assert forget_due(at=NOW, by=JOB) == 1

    found.refresh_from_db()
    assert (found.file, is_stored(found)) == (None, False)
    assert found.rows.get().shown == ""
    assert MovedIn.objects.count() == 1


def test_bytes_that_another_import_needs_stay() -> None:
    old, young = uploaded(table(MARA_ROW)), uploaded(table(MARA_ROW), at=NOW + KEPT)

    assert forget_due(at=NOW + KEPT, by=JOB) == 0
    cancel(young.pk, at=NOW + KEPT, by=actor(ada()))
    assert is_stored(old)
    assert forget_due(at=NOW + KEPT + KEPT, by=SETUP) == 1


def test_a_question_about_somebody_who_is_erased_loses_its_words() -> None:
    other = customer("Mara Winter", email="other@winter.example")
    found = moved_in(table(row("B1", email="")))
    assert other.code in found.rows.get().reasons[0]

    erase_customer(other.pk, reason="She asked", at=NOW, by=actor(ada()))

    assert found.rows.get().reasons == []
