"""The self-check finds any figure that is off by a cent."""

from dataclasses import replace

import pytest

from billing.document import Adjustment, PriceMode
from billing.rechecking import recheck
from billing.totals import calculate
from tests.billing.building import (
    VAT_7,
    D,
    document,
    line,
    off,
)

FIGURES = [
    "sum_of_lines",
    "allowances",
    "charges",
    "net_deducted",
    "net",
    "tax",
    "total",
    "paid",
    "due",
]


@pytest.mark.parametrize("mode", list(PriceMode))
@pytest.mark.parametrize("figure", FIGURES)
def test_the_self_check_finds_a_cent_in_any_figure(figure: str, mode: PriceMode) -> None:
    charged = document(
        line("10"),
        line("7", VAT_7),
        price_mode=mode,
        allowances=(off("10"),),
        charges=(Adjustment("Travel", amount=D(2)),),
    )
    totals = calculate(charged)
    wrong = replace(totals, **{figure: getattr(totals, figure) + D("0.01")})

    assert recheck(charged, totals) == []
    assert recheck(charged, wrong) != []


@pytest.mark.parametrize("mode", list(PriceMode))
@pytest.mark.parametrize("figure", ["base", "tax", "gross"])
def test_the_self_check_finds_a_cent_in_a_tax(figure: str, mode: PriceMode) -> None:
    charged = document(line("10"), price_mode=mode)
    totals = calculate(charged)
    bucket = totals.taxes[0]
    wrong = replace(bucket, **{figure: getattr(bucket, figure) + D("0.01")})

    assert recheck(charged, replace(totals, taxes=(wrong,))) != []


@pytest.mark.parametrize("figure", ["base", "amount", "net"])
def test_the_self_check_finds_a_cent_in_a_line(figure: str) -> None:
    charged = document(line("10"))
    totals = calculate(charged)
    wrong = replace(totals.lines[0], **{figure: getattr(totals.lines[0], figure) + D("0.01")})

    assert recheck(charged, replace(totals, lines=(wrong,))) != []


def test_the_self_check_finds_a_missing_tax_and_a_foreign_line() -> None:
    charged = document(line("10"), line("5", VAT_7))
    totals = calculate(charged)

    assert recheck(charged, replace(totals, taxes=totals.taxes[:1])) != []
    assert recheck(document(line("10")), totals) == ["The totals are those of other lines."]


def test_the_self_check_names_a_line_without_a_tax_decision() -> None:
    undecided = document(replace(line("10"), taxes=()))

    assert recheck(undecided, calculate(undecided)) == ["“Haircut” has no tax decision."]


def test_the_self_check_refuses_to_round_by_more_than_half_a_coin() -> None:
    charged = document(line("10"), cash_unit=D("0.05"))
    totals = calculate(charged)

    wrong = replace(totals, rounding=D("0.03"), due=totals.total + D("0.03"))

    assert recheck(charged, wrong) == ["The cash rounding exceeds half a coin (BT-114)."]
