"""What stands on the printed page: every figure, date and address written for its reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from billing.document import PriceMode
from billing.snapshot import DocumentKind, LineSnapshot, PartySnapshot, Snapshot
from billing.summary import PrintedRow, adjustment_label, total_rows
from billing.wording import Wording, wording_for
from billing.writing import Writer

# Where the postal code follows the town.
TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})


@dataclass(frozen=True, slots=True)
class PrintedLine:
    description: str
    details: list[str]
    quantity: str
    unit_price: str
    taxes: str
    amount: str


@dataclass(frozen=True, slots=True)
class Page:
    """The context of the template; every value is text, which the template escapes."""

    words: Wording
    language: str
    title: str
    number: str
    created: str
    seller_name: str
    seller_lines: list[str]
    buyer_name: str
    buyer_lines: list[str]
    legal_line: str
    facts: list[tuple[str, str]]
    unit_price_label: str
    tax_label: str
    lines: list[PrintedLine]
    totals: list[PrintedRow]
    reasons: list[str]
    transfer: list[str]
    terms: str
    note: str


def lay_out(snapshot: Snapshot) -> Page:
    """Turn a snapshot into the words and figures of its page."""
    words = wording_for(snapshot["locale"])
    write = Writer(snapshot["locale"], snapshot["currency"])
    seller, buyer = snapshot["seller"], snapshot["buyer"]
    inclusive = snapshot["price_mode"] == PriceMode.INCLUSIVE
    return Page(
        words=words,
        language=str(write.locale).replace("_", "-"),
        title=_title(snapshot, words),
        number=snapshot["number"],
        created=snapshot["issued_at"],
        seller_name=seller["name"],
        seller_lines=_seller_lines(snapshot, write),
        buyer_name=buyer["name"],
        buyer_lines=_buyer_lines(snapshot, words, write),
        legal_line=_legal_line(seller, words),
        facts=list(_facts(snapshot, words, write)),
        unit_price_label=words.unit_price_with_tax if inclusive else words.unit_price,
        tax_label=_tax_label(snapshot, words),
        lines=[_line(line, write) for line in snapshot["lines"]],
        totals=list(total_rows(snapshot, words, write)),
        reasons=_filled(*(tax["exemption_reason"] for tax in snapshot["taxes"])),
        transfer=_transfer(snapshot, words),
        terms=snapshot["terms"],
        note=snapshot["note"],
    )


def _title(snapshot: Snapshot, words: Wording) -> str:
    return {
        DocumentKind.INVOICE: words.invoice,
        DocumentKind.CREDIT_NOTE: words.credit_note,
        DocumentKind.DEPOSIT_INVOICE: words.deposit_invoice,
    }[DocumentKind(snapshot["kind"])]


def _address(party: PartySnapshot) -> list[str]:
    code, city = party["postal_code"], party["city"]
    town = (city, code) if party["country"] in TOWN_FIRST else (code, city)
    return _filled(*party["street"].splitlines(), " ".join(_filled(*town)))


def _seller_lines(snapshot: Snapshot, write: Writer) -> list[str]:
    seller = snapshot["seller"]
    country = write.country(seller["country"]) if _crosses_a_border(snapshot) else ""
    return _filled(*_address(seller), country, seller["email"], seller["phone"])


def _buyer_lines(snapshot: Snapshot, words: Wording, write: Writer) -> list[str]:
    buyer = snapshot["buyer"]
    country = write.country(buyer["country"]) if _crosses_a_border(snapshot) else ""
    tax_id = f"{words.tax_id} {buyer['tax_id']}" if buyer["tax_id"] else ""
    return _filled(buyer["contact"], *_address(buyer), country, tax_id)


def _crosses_a_border(snapshot: Snapshot) -> bool:
    return snapshot["buyer"]["country"] != snapshot["seller"]["country"]


def _legal_line(seller: PartySnapshot, words: Wording) -> str:
    tax_id = f"{words.tax_id} {seller['tax_id']}" if seller["tax_id"] else ""
    return " · ".join(_filled(seller["name"], seller["registration"], tax_id))


def _facts(snapshot: Snapshot, words: Wording, write: Writer) -> Iterator[tuple[str, str]]:
    yield words.issue_date, write.date(snapshot["issue_date"])
    corrects = snapshot["corrects"]
    if corrects:
        yield words.corrects, f"{corrects['number']} · {write.date(corrects['issue_date'])}"
        yield words.reason, corrects["reason"]
    elif Decimal(snapshot["totals"]["due"]) > 0:
        yield words.due_date, write.date(snapshot["due_date"])
    if snapshot["purchase_order"]:
        yield words.purchase_order, snapshot["purchase_order"]


def _tax_label(snapshot: Snapshot, words: Wording) -> str:
    """Head the tax column with the one name all taxes have, if they have one."""
    names = {tax["name"] or words.vat for tax in snapshot["taxes"]}
    return names.pop() if len(names) == 1 else words.tax


def _line(line: LineSnapshot, write: Writer) -> PrintedLine:
    return PrintedLine(
        description=line["description"],
        details=list(_details(line, write)),
        quantity=write.quantity(line["quantity"]),
        unit_price=write.price(line["unit_price"]),
        taxes=" + ".join(write.rate(tax["rate"]) for tax in line["taxes"]),
        amount=write.amount(line["amount"]),
    )


def _details(line: LineSnapshot, write: Writer) -> Iterator[str]:
    appointment = line["appointment"]
    if appointment:
        yield " · ".join(_filled(write.moment(appointment["starts_at"]), appointment["staff"]))
    if line["reason"]:
        yield line["reason"]
    for allowance in line["allowances"]:
        yield f"{adjustment_label(allowance, write)}: {write.amount(allowance['amount'], -1)}"
    for charge in line["charges"]:
        yield f"{adjustment_label(charge, write)}: {write.amount(charge['amount'])}"


def _transfer(snapshot: Snapshot, words: Wording) -> list[str]:
    bank = snapshot["bank"]
    asks_for_money = Decimal(snapshot["totals"]["due"]) > 0 and not snapshot["corrects"]
    if not bank["iban"] or not asks_for_money:
        return []
    iban = "".join(bank["iban"].split())
    grouped = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
    reference = f"{words.reference} {snapshot['number']}"
    bic = f"BIC {bank['bic']}" if bank["bic"] else ""
    return _filled(f"IBAN {grouped}", " · ".join(_filled(bic, bank["name"])), reference)


def _filled(*texts: str) -> list[str]:
    return [text.strip() for text in texts if text.strip()]
