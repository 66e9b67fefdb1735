"""What cannot come in, who may not, and what is chosen before anything does."""

import pytest

from customers.models import ImportState
from hub.access import AccessDenied
from hub.accounts.models import RoleGrant
from hub.accounts.roles import revoke_role
from hub.errors import InvalidInput
from scheduling.models import Appointment, MovingInRow, Occupancy, Service
from scheduling.moving_in.moving import moving
from scheduling.moving_in.requesting import cancel, choose_columns, start, start_check
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import client, location, service, staff
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    NOW,
    ada,
    checked,
    many,
    moved_in,
    outcomes,
    row,
    salon,
    table,
    told,
    uploaded,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"start": "2027-03-01 10:00", "end": "09:00"}, "It ends before it starts."),
        ({"start": "2027-03-28 02:30"}, "02:30 does not exist on March 28"),
        (
            {"start": "2027-03-01 10:00", "staff": "Nobody"},
            "was chosen for “Nobody”",
        ),
        (
            {"start": "2027-03-01 10:00", "service": "Magic"},
            "was chosen for “Magic”",
        ),
        ({"start": "2027-03-01 soon"}, "“soon” is no time"),
        ({"start": "2027-03-01 10:00", "status": "maybe"}, "“maybe” is no status"),
        ({"start": "2027-03-01 10:00", "status": "no_show"}, "has not begun"),
        ({"start": "2027-03-01 10:00", "email": "nowhere"}, "not an e-mail address"),
        ({"start": "2027-03-01 10:00", "name": "", "email": ""}, "No customer is named."),
        ({"start": "2027-03-01 10:00", "end": "2027-03-03 10:00"}, "5 minutes to 24 hours"),
        ({"start": "2027-03-01 10:00", "end": "10:01"}, "5 minutes to 24 hours"),
        ({"start": "1999-03-01 10:00"}, "too far away"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(values: dict[str, str], reason: str) -> None:
    done = moved_in(table(row("B1", **values), row("B2", "2027-03-08 10:00")))

    assert outcomes(done) == ["rejected", "booked"]
    assert reason in " ".join(told(done)[0][2])


def test_a_seat_in_a_class_is_not_moved_in_as_if_it_took_its_leads_time() -> None:
    salon()
    Service.objects.update(seats=12)

    done = moved_in(table(row("B1", "2027-03-08 10:00")))

    assert outcomes(done) == ["rejected"]
    assert "takes place as classes" in str(told(done))


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    found = checked(table(row("B1", "2027-03-01 25:00", service="Magic", email="nowhere")))

    assert len(told(found)[0][2]) == 3


def test_somebody_without_a_name_comes_in_only_if_known() -> None:
    client(email="mara@winter.example")
    rows = table(row("B1", name=""), row("B2", "2027-03-02 10:00", name="", email="x@x.example"))

    assert outcomes(checked(rows)) == outcomes(moved_in(rows)) == ["booked", "rejected"]


def test_an_import_reaches_no_location_that_its_owner_does_not() -> None:
    place, _, _ = salon()
    elsewhere = staff("Finn Away", place=location("Hill Road"))
    RoleGrant.objects.filter(user=ada()).update(location_id=place.pk)

    rows = table(MARA_ROW, row("B2", staff="Finn Away", email="x@x.example"))

    assert elsewhere.location != place
    assert outcomes(checked(rows)) == outcomes(moved_in(rows)) == ["booked", "rejected"]


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Billing", "Administrator"])
def test_only_managers_move_appointments_in(role: str) -> None:
    salon()
    with pytest.raises(AccessDenied):
        uploaded(table(MARA_ROW), by=actor(person(role)))


def test_losing_the_right_stops_an_import_and_what_was_done_is_kept() -> None:
    found = checked(table(*many(5)))
    start(found.pk, at=NOW, by=actor(ada()))
    person("Administrator")
    revoke_role(RoleGrant.objects.get(user=ada()).pk, at=NOW, by=SETUP)

    with pytest.raises(AccessDenied):
        work(found)

    found.refresh_from_db()
    assert (found.position, Appointment.objects.count()) == (0, 0)


def test_a_canceled_import_stops_and_keeps_what_it_did() -> None:
    found = checked(table(*many(150)))
    start(found.pk, at=NOW, by=actor(ada()))
    with moving(found.pk, at=NOW) as mover:
        assert mover
        mover.step(at=NOW)
        cancel(found.pk, at=NOW, by=actor(ada()))
        assert not mover.step(at=NOW)

    found.refresh_from_db()
    assert (found.state, Appointment.objects.count()) == (ImportState.CANCELED, 100)


def test_columns_must_say_when_and_whose() -> None:
    salon()
    found = uploaded(table(("x", "y"), headings=("A", "B")))

    with pytest.raises(InvalidInput, match="start"):
        choose_columns(found.pk, {"B": "name"}, by=actor(ada()))
    with pytest.raises(InvalidInput, match="customer"):
        choose_columns(found.pk, {"A": "start"}, by=actor(ada()))
    with pytest.raises(InvalidInput, match="two columns"):
        choose_columns(found.pk, {"A": "start", "B": "start"}, by=actor(ada()))
    with pytest.raises(InvalidInput):
        start_check(found.pk, at=NOW, by=actor(ada()))


def test_what_was_chosen_is_remembered_for_the_next_file() -> None:
    salon()
    _, _, dina = salon()
    rows = table(
        ("2027-03-01 10:00", "DF", "Schnitt", "Mara"), headings=("Wann", "Wer", "Was", "Wen")
    )
    columns = {"Wann": "start", "Wer": "staff", "Was": "service", "Wen": "name"}
    names = {"staff": {"df": str(dina.pk)}, "service": {"schnitt": str(service().pk)}}

    first = checked(rows, mapping=columns, names=names)
    second = checked(rows)

    assert outcomes(first) == outcomes(second) == ["booked"]
    assert second.system == "Old Diary"


def test_all_other_names_can_mean_one_thing() -> None:
    names = {"service": {"": str(service().pk)}}

    done = moved_in(
        table(row("B1", service="Trim & wash"), row("B2", "2027-03-02 9:00", service="")),
        names=names,
    )

    assert outcomes(done) == ["booked", "booked"]


def test_rows_of_an_import_are_counted_and_kept_in_order() -> None:
    done = moved_in(
        table(*(row(f"B{n}", f"2027-03-{n % 28 + 1:02d} {8 + n // 28}:00") for n in range(250)))
    )

    assert done.counts == {"booked": 250}
    assert list(MovingInRow.objects.order_by("number").values_list("number", flat=True)) == list(
        range(2, 252)
    )
    assert Occupancy.objects.count() == 250
