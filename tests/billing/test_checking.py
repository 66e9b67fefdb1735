"""What no document may contain."""

from dataclasses import replace

import pytest

from billing.checking import InvalidDocument
from billing.document import Adjustment, Deduction, Document, PriceMode
from billing.totals import calculate
from hub.errors import InvalidInput
from tests.billing.building import (
    EXEMPT,
    GST,
    QST,
    VAT_19,
    D,
    document,
    line,
    off,
    off_amount,
)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (document(line("10", quantity="-1")), "lines.0.quantity"),
        (document(line("10"), line("-10")), "lines.1.unit_price"),
        (document(line("1.00001")), "lines.0.unit_price"),
        (document(line("NaN")), "lines.0.unit_price"),
        (document(line("1", quantity="Infinity")), "lines.0.quantity"),
        (document(line("99999999999", quantity="100")), "lines.0.quantity"),
        (document(*[line("99999999999")] * 2), "lines"),
        (document(line("10", currency="USD")), "lines.0.currency"),
        (document(replace(line("10"), description=" ")), "lines.0.description"),
        (document(line("10", allowances=(off_amount("10.01"),))), "lines.0.allowances"),
        (document(line("10", allowances=(off("100.1"),))), "lines.0.allowances"),
        (document(line("10", allowances=(off("-1"),))), "lines.0.allowances.0.percent"),
        (document(line("10", charges=(off_amount("0.001"),))), "lines.0.charges.0.amount"),
        (document(line("10", allowances=(Adjustment(""),))), "lines.0.allowances.0.reason"),
        (document(line("10", allowances=(Adjustment("x"),))), "lines.0.allowances.0.amount"),
        (document(line("10"), allowances=(off("60"), off("41"))), "allowances.1"),
        (document(line("10"), allowances=(off_amount("10.01"),)), "allowances.0"),
        (document(line("1", quantity="-1", reason="x"), allowances=(off("1"),)), "allowances.0"),
        (document(charges=(off_amount("1"),)), "charges"),
        (document(line("10", replace(VAT_19, rate=D(0)))), "lines.0.taxes.0.rate"),
        (document(line("10", replace(EXEMPT, rate=D(19)))), "lines.0.taxes.0.rate"),
        (document(line("10", replace(VAT_19, rate=D(1000)))), "lines.0.taxes.0.rate"),
        (document(line("10", replace(GST, compound=True), QST)), "lines.0.taxes.1.compound"),
        (document(line("10", VAT_19, VAT_19)), "lines.0.taxes.1"),
        (document(line("10"), paid=D("11.91")), "paid"),
        (document(line("10"), paid=D(-1)), "paid"),
        (document(line("10"), cash_unit=D("0.001")), "cash_unit"),
        (document(line("10"), currency="XXX"), "currency"),
        (document(line("10"), deductions=(Deduction("", D(1)),)), "deductions.0.reference"),
        (document(line("10"), deductions=(Deduction("a", D(-1)),)), "deductions.0.base"),
        (document(line("10"), deductions=(Deduction("a", D(1)),) * 2), "deductions.1"),
    ],
)
def test_a_document_that_cannot_be_right_is_refused_by_the_name_of_its_field(
    wrong: Document, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        calculate(wrong)

    assert refused.value.field == field


def test_two_lines_may_not_share_an_id() -> None:
    twice = Document("EUR", PriceMode.EXCLUSIVE, (line("1"), line("2")))

    with pytest.raises(InvalidDocument, match="twice"):
        calculate(twice)
