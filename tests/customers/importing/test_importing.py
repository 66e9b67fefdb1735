"""From a file to customers: checked first, imported once, resumed after a crash."""

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from customers.importing import chunks as chunks_module
from customers.importing import moving as moving_module
from customers.importing.moving import SILENT_FOR, moving, standing_still
from customers.importing.requesting import (
    start_check,
    start_import,
)
from customers.models import (
    ContactPoint,
    Customer,
    ExternalId,
    IdentityReview,
    ImportState,
    Recognition,
)
from hub.models import Change
from tests.customers.importing.files import (
    CLAIRE,
    LUC,
    ada,
    checked,
    csv_of,
    imported,
    people,
    run,
    told,
    uploaded,
    work,
    workbook_of,
)
from tests.factories.customers import customer
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def everything() -> list[int]:
    """How much there is of all that an import can write about customers."""
    tables = (Customer, ContactPoint, ExternalId, IdentityReview, Change, Recognition)
    return [
        *(table.objects.count() for table in tables),
        Customer.history.count(),
        ContactPoint.history.count(),
    ]


@pytest.mark.parametrize("make", [csv_of, workbook_of])
def test_a_check_says_of_each_row_what_would_become_of_it_and_writes_no_customer(
    make: Callable[..., bytes],
) -> None:
    known = customer("Claire Marchetti", email="claire@marchetti.example", phone="+33612345678")
    ada()
    before = everything()

    found = checked(
        make(
            CLAIRE,
            ("Bruno", "Costa", "bruno@costa.example", ""),
            ("Luc", "Marchetti", "", "+33 6 12 34 56 78"),
            ("Bad", "Row", "not an address", "12"),
            ("", "", "nobody@x.example", ""),
        )
    )

    assert found.state == ImportState.CHECKED
    assert told(found) == [
        (2, "matched", [f"{known.code}, matched by e-mail."]),
        (3, "created", []),
        (4, "review", [f"Claire Marchetti, {known.code}: Same phone, another given name."]),
        (
            5,
            "rejected",
            [
                "E-mail: This is not an e-mail address like name@example.com.",
                "Phone: This is not a phone number.",
            ],
        ),
        (6, "rejected", ["Nobody is named in this row."]),
    ]
    assert found.counts == {"matched": 1, "created": 1, "review": 1, "rejected": 2}
    assert everything() == before


def test_who_is_not_born_yet_is_refused_in_the_row() -> None:
    headings = ("Name", "Date of birth")
    found = checked(csv_of(("Ann Lee", "2080-03-14"), ("Bo Ray", "1980-03-14"), headings=headings))

    assert told(found) == [
        (2, "rejected", ["Date of birth: This day has not come yet."]),
        (3, "created", []),
    ]


def test_a_row_shows_name_and_contacts_apart() -> None:
    found = checked(csv_of(CLAIRE))

    assert found.rows.get().shown == " · ".join([" ".join(CLAIRE[:2]), *filter(None, CLAIRE[2:])])


def test_an_import_does_what_its_check_said() -> None:
    known = customer("Claire Marchetti", email="claire@marchetti.example")
    found = checked(csv_of(CLAIRE, LUC, ("Bad", "Row", "nowhere", "")))
    foreseen = found.counts

    found = run(found)

    assert (found.state, found.counts) == (ImportState.DONE, foreseen)
    luc = Customer.objects.get(given_name="Luc")
    assert [row.customer for row in found.rows.order_by("number")] == [known, luc, None]
    first = luc.history.get()
    assert (first.actor_name, first.source) == ("Ada Manager", "import")
    assert known.contact_points.count() == 2, "a match adds the number that is new"


def test_a_row_is_checked_against_the_earlier_rows_of_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    rows = [
        CLAIRE,
        *people(3),
        ("Claire", "Marchetti", "CLAIRE@marchetti.example", ""),
        ("Nobody", "Else", "", ""),
        ("Nobody", "Else", "", ""),
    ]

    found = checked(csv_of(*rows))
    foreseen = [row[:2] for row in told(found)]
    assert told(found)[4] == (6, "matched", ["Row 2 of this file, matched by e-mail."])
    assert told(found)[6] == (8, "review", ["Nobody Else, row 7 of this file: Same name."])
    done = run(found)

    assert [row[:2] for row in told(done)] == foreseen


def test_importing_the_same_file_again_changes_nothing() -> None:
    content = csv_of(
        CLAIRE,
        ("Luc", "Marchetti", "", "+33612345678"),
        ("Zoe", "Marchetti", "", "+33612345678"),
        ("Only", "Named", "", ""),
        ("Only", "Named", "", ""),
        ("Bad", "Row", "nowhere", ""),
    )
    imported(content)
    before = everything()

    again = imported(content)

    assert everything() == before
    assert again.counts == {"matched": 5, "rejected": 1}


def test_another_file_with_the_same_people_matches_them() -> None:
    imported(csv_of(*people(5)))
    before = everything()

    again = imported(workbook_of(*people(5)))

    assert again.counts == {"matched": 5}
    assert everything()[:5] == before[:5]


def test_the_id_of_another_tool_leads_back_to_its_customer() -> None:
    headings = ("Id", "Name", "E-mail")
    imported(csv_of(("17", "Ann Lee", "ann@x.example"), headings=headings), system="Old CRM")

    again = imported(
        csv_of(("17", "Ann Lee", "new@x.example"), headings=headings), system="Old CRM"
    )

    ann = Customer.objects.get()
    key = ExternalId.objects.get(customer=ann)
    assert (key.system, key.value) == ("Old CRM", "17")
    assert again.counts == {"matched": 1}
    assert {point.normalized for point in ann.contact_points.all()} == {
        "ann@x.example",
        "new@x.example",
    }


def test_after_a_crash_the_import_goes_on_with_the_next_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 3)
    found = checked(csv_of(*people(8)))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))
    crash = mock.patch.object(moving_module, "copy_rows", side_effect=KeyboardInterrupt)
    with moving(found.pk) as mover:
        assert mover
        assert mover.step(at=timezone.now())
        with crash, pytest.raises(KeyboardInterrupt):
            mover.step(at=timezone.now())
    assert Customer.objects.count() == 3, "nothing is half saved"

    done = work(found)

    assert (done.state, done.counts) == (ImportState.DONE, {"created": 8})
    assert Customer.objects.count() == 8
    assert [row[0] for row in told(done)] == list(range(2, 10))


def test_a_check_goes_on_after_a_crash_and_still_knows_its_earlier_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    by = actor(ada())
    found = uploaded(csv_of(CLAIRE, *people(3), CLAIRE), by=by)
    start_check(found.pk, at=timezone.now(), by=by)
    with moving(found.pk) as mover:
        assert mover
        assert mover.step(at=timezone.now())

    done = work(found)

    assert done.counts == {"created": 4, "matched": 1}


def test_a_chunk_that_another_worker_did_meanwhile_is_passed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    found = checked(csv_of(*people(6)))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))

    with moving(found.pk) as first, moving(found.pk) as second:
        assert first
        assert second
        steps = [first.step(at=timezone.now()), second.step(at=timezone.now())]

    assert steps == [True, True]
    assert Customer.objects.count() == 4


def test_an_import_whose_worker_is_gone_is_found_by_the_sweeper() -> None:
    found = checked(csv_of(CLAIRE))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))

    soon, late = timezone.now() + timedelta(seconds=5), timezone.now() + SILENT_FOR * 1.1
    assert (standing_still(at=soon), standing_still(at=late)) == ([], [found])
    work(found)
    assert standing_still(at=late) == []


@pytest.mark.parametrize("unseen", ["\x00", "\u202e", "\u200b" * 300])
def test_what_cannot_be_seen_in_a_pasted_number_is_not_kept(unseen: str) -> None:
    done = imported(csv_of(("Claire", "Marchetti", "", f"+33612345678{unseen}")))

    assert done.counts == {"created": 1}
    assert ContactPoint.objects.get().value == "+33612345678"
