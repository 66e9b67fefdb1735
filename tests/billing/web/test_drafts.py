"""The editor of a draft: lines, totals while typing, stale edits."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from billing.drafting import draft_invoice, set_lines
from billing.models import Invoice
from billing.planning import LineInput
from tests.billing.web.rows import lines, row, said, send
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client as customer
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


@pytest.fixture
def draft() -> Invoice:
    return make.draft("49.00", customer=customer("Claire Marchetti"))


def test_the_editor_shows_the_lines_with_their_amounts(bo: Client, draft: Invoice) -> None:
    html = bo.get(draft.get_absolute_url()).content.decode()

    for text in ('value="Work 1"', 'value="49.00"', "Standard: VAT 19 %", "€7.82", "€49.00"):
        assert text in html
    assert "Claire Marchetti" in html
    assert "Prices in EUR, tax included" in html


def test_lines_are_changed_added_and_removed(bo: Client, draft: Invoice) -> None:
    kept = draft.lines.get()

    response = send(
        bo,
        draft,
        row(7, description="Tea", quantity="2", unit_price="8.5"),
        row(3, id=str(kept.pk), description="Long hair", quantity="1.5"),
        row(9, description="", unit_price="", quantity="1"),
    )

    assert response.status_code == 302
    assert lines(draft) == [("Long hair", Decimal("1.5"), Decimal("73.50")), ("Tea", 2, 17)]
    assert draft.lines.get(position=1).pk == kept.pk
    assert Invoice.objects.get().total == Decimal("90.50")

    draft.refresh_from_db()
    send(bo, draft, row(0, description="Tea", quantity="2", unit_price="8.5"))
    assert lines(draft) == [("Tea", 2, 17)]


def test_without_scripts_there_is_a_row_to_fill_in(bo: Client, draft: Invoice) -> None:
    html = bo.get(draft.get_absolute_url()).content.decode()
    spare = re.search(
        r'<noscript>.*?name="lines-(\d+)-description".*?</noscript>', html, re.DOTALL
    )
    assert spare

    kept = row(0, id=str(draft.lines.get().pk), description="Work 1")
    send(bo, draft, kept, row(int(spare[1]), description="Tea", unit_price="2"))

    assert lines(draft) == [("Work 1", 1, 49), ("Tea", 1, 2)]
    draft.refresh_from_db()
    again = send(bo, draft, kept, row(7, description="Tea", unit_price="-2"))
    assert 'name="lines-8-description"' in again.content.decode()


def test_saving_without_a_change_writes_nothing(bo: Client, draft: Invoice) -> None:
    line = draft.lines.get()

    response = send(bo, draft, row(0, id=str(line.pk), description="Work 1"))

    assert said(bo.get(response["Location"])) == ["Nothing was changed."]
    assert Invoice.objects.get().version == draft.version
    assert line.history.count() == 1


def test_a_discount_is_taken_off_with_its_reason(bo: Client, draft: Invoice) -> None:
    send(bo, draft, row(0, discount_percent="10", discount_reason="Regular"))

    line = draft.lines.get()
    assert (line.amount, line.discount_reason) == (Decimal("44.10"), "Regular")


HOSTILE: list[tuple[dict[str, str], str, str]] = [
    ({"unit_price": "1e9"}, "unit_price", "Write a number such as 1234.50."),
    ({"unit_price": "NaN"}, "unit_price", "Write a number such as 1234.50."),
    ({"unit_price": "49,00"}, "unit_price", "Write a number such as 1234.50."),
    ({"unit_price": "-1"}, "unit_price", "This may not be negative."),
    ({"unit_price": "0.00001"}, "unit_price", "At most 4 decimal digits, please."),
    ({"unit_price": "9" * 12}, "unit_price", "This number is too large."),
    ({"unit_price": "9" * 500}, "unit_price", "at most 40 characters"),
    ({"unit_price": ""}, "unit_price", "This field is required."),
    ({"unit_price": "٤٩"}, "unit_price", "Write a number such as 1234.50."),
    ({"quantity": "0"}, "quantity", "Enter a quantity above zero."),
    ({"quantity": "99999999999"}, "quantity", "This number is too large."),
    ({"quantity": ""}, "quantity", "This field is required."),
    ({"description": "x" * 201}, "description", "at most 200 characters"),
    ({"description": "a\x00b"}, "description", "Null characters are not allowed"),
    ({"description": ""}, "description", "This field is required."),
    ({"tax_class": "free"}, "tax_class", "Select a valid choice"),
    ({"discount_percent": "101"}, "discount_percent", "A discount is at most 100 %."),
    ({"discount_percent": "10"}, "discount_reason", "Say why there is a discount."),
    ({"discount_reason": "x" * 81}, "discount_reason", "at most 80 characters"),
    ({"quantity": "9", "unit_price": "99999999999"}, "quantity", "The amount is too large."),
    ({"id": "nonsense"}, "id", "Enter a valid UUID."),
]


@pytest.mark.parametrize(("values", "column", "message"), HOSTILE)
def test_a_wrong_value_is_answered_at_its_column_and_nothing_is_saved(
    bo: Client, draft: Invoice, values: dict[str, str], column: str, message: str
) -> None:
    response = send(bo, draft, row(0), row(4, **values))

    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    if column != "id":
        assert f'href="#id_lines-4-{column}"' in html
        assert 'aria-invalid="true"' in html
    assert lines(draft) == [("Work 1", 1, 49)]


@pytest.mark.parametrize("more", [{"version": ""}, {"version": "x"}, {"version": "9" * 30}])
def test_a_save_needs_the_version_that_was_read(
    bo: Client, draft: Invoice, more: dict[str, str]
) -> None:
    assert send(bo, draft, row(0), **more).status_code == 422
    assert lines(draft) == [("Work 1", 1, 49)]


def test_five_hundred_lines_fit_and_one_more_does_not(bo: Client, draft: Invoice) -> None:
    few = {key: value for number in range(500) for key, value in row(number).items()}

    refused = send(bo, draft, few, row(900))
    taken = send(bo, draft, few)

    assert refused.status_code == 422
    assert "At most 500 lines fit on an invoice." in refused.content.decode()
    assert taken.status_code == 302
    assert draft.lines.count() == 500


def test_more_fields_than_any_form_has_are_refused(bo: Client, draft: Invoice) -> None:
    many = {f"lines-{n}-description": "x" for n in range(6000)}

    assert send(bo, draft, many).status_code == 400
    assert lines(draft) == [("Work 1", 1, 49)]


def test_the_totals_are_computed_while_typing_and_nothing_is_saved(
    bo: Client, draft: Invoice
) -> None:
    response = send(
        bo,
        draft,
        row(0, quantity="3", unit_price="33.335", discount_percent="50", discount_reason="Sale"),
        row(5, description="Tea", unit_price="8.50"),
        act="preview",
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert "€58.50" in html
    assert re.search(r'id="amount-lines-0" hx-swap-oob="innerHTML">\s*€50.00', html)
    assert re.search(r'id="amount-lines-5" hx-swap-oob="innerHTML">\s*€8.50', html)
    assert lines(draft) == [("Work 1", 1, 49)]
    assert Invoice.objects.get().version == draft.version


@pytest.mark.parametrize("values", [{"unit_price": "1e9"}, {"description": ""}, {"quantity": "0"}])
def test_totals_wait_until_every_figure_can_be_read(
    bo: Client, draft: Invoice, values: dict[str, str]
) -> None:
    response = send(bo, draft, row(0, **values), act="preview")

    assert response.status_code == 200
    assert "note warn" in response.content.decode()


def test_an_edit_of_an_older_version_shows_both(bo: Client, draft: Invoice) -> None:
    theirs = LineInput(description="Balayage", quantity=Decimal(1), unit_price=Decimal(185))
    set_lines(draft.pk, [theirs], on=make.LATER.date(), by=SETUP)
    gone = str(uuid4())

    response = send(bo, draft, row(0, id=gone, description="Haircut, long"))

    html = response.content.decode()
    assert response.status_code == 412
    for text in ("Test set-up changed this", "Balayage, 1 × 185.00", "Haircut, long, 1 × 49.00"):
        assert text in html
    assert lines(draft) == [("Balayage", 1, 185)]

    newest = Invoice.objects.get()
    assert f'name="version" value="{newest.version}"' in html
    again = send(bo, newest, row(0, description="Haircut, long"))
    assert again.status_code == 302
    assert lines(draft) == [("Haircut, long", 1, 49)]


def test_a_draft_that_was_issued_meanwhile_is_not_edited(bo: Client) -> None:
    issued = make.issued()

    response = send(bo, issued, row(0))

    assert response.status_code == 302
    assert said(bo.get(response["Location"])) == [
        "Only a draft can be edited. Correct it by a credit note."
    ]


def test_a_draft_is_discarded_after_a_question(bo: Client, draft: Invoice) -> None:
    html = bo.get(draft.get_absolute_url()).content.decode()
    assert "data-confirm-danger" in html

    response = send(bo, draft, act="discard")

    assert response["Location"] == "/invoices/"
    assert Invoice.objects.get().status == "discarded"
    shown = bo.get(draft.get_absolute_url())
    assert shown.status_code == 200
    assert "Discarded" in shown.content.decode()


@pytest.mark.parametrize("version", ["0", "", "x", "99"])
def test_a_stale_discard_is_refused(bo: Client, draft: Invoice, version: str) -> None:
    response = send(bo, draft, act="discard", version=version)

    assert response["Location"] == draft.get_absolute_url()
    assert Invoice.objects.get().status == "draft"


def test_text_of_people_is_never_markup(bo: Client) -> None:
    name = '"><script>alert(1)</script>'
    make.billing()
    draft = draft_invoice(customer(f"{name} M").pk, location_id=location().pk, by=SETUP)
    line = LineInput(description=name, quantity=Decimal(1), unit_price=Decimal(1))
    draft = set_lines(draft.pk, [line], on=make.LATER.date(), by=SETUP)

    before = bo.get(draft.get_absolute_url()).content.decode()
    send(bo, draft, act="issue")
    after = bo.get(f"{draft.get_absolute_url()}?view=lines").content.decode()

    assert "<script>alert" not in before + after
    assert "&lt;script&gt;alert(1)" in before
    assert "&lt;script&gt;alert(1)" in after
