"""Hand out customers as CSV or as a workbook, a few hundred at a time, and note who took them."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO
from urllib.parse import parse_qsl, urlencode

import openpyxl
from django.db import transaction
from django.db.models import QuerySet

from customers.details import in_one_line
from customers.importing.returning import BYTE_ORDER_MARK, Echo
from customers.importing.tables import protected
from customers.models import AddressKind, Customer, CustomerExport, PostalAddress
from hub import access
from hub.access import Capability
from hub.actors import Actor
from hub.errors import InvalidInput

PIECE = 500
QUERY_LIMIT = 500
WORKBOOK_ROWS = 50_000
IN_MEMORY = 4 * 2**20  # bytes of a workbook; a larger one goes to the disk
# Headings that an import recognizes; “Code”, “Added” and what follows are for people.
HEADINGS = (
    "Hub id",
    "Code",
    "First name",
    "Last name",
    "Company",
    "E-mail",
    "Phone",
    "Street",
    "Postal code",
    "City",
    "Country",
    "Language",
    "Time zone",
    "Date of birth",
    "Tax id",
    "Notes",
    "Added",
    "Further addresses",
)


@transaction.atomic
def note_export(
    customers: QuerySet[Customer], *, kind: str, query: str, at: datetime, by: Actor
) -> CustomerExport:
    """Keep that ``by`` takes ``customers`` out, before the first of them leaves.

    :raises AccessDenied: ``by`` may not export, or not see customers.
    :raises InvalidInput: more are asked for than a workbook should hold.
    """
    access.require(by, Capability.EXPORT_CUSTOMER)
    access.require(by, Capability.VIEW_CUSTOMER)
    count = customers.count()
    if kind == "xlsx" and count > WORKBOOK_ROWS:
        raise InvalidInput(
            f"A workbook takes at most {WORKBOOK_ROWS:,} customers, these are {count:,}."
            " Export them as CSV, or choose fewer."
        )
    return CustomerExport.objects.create(
        at=at,
        kind=kind,
        query=_without_words(query)[:QUERY_LIMIT],
        customers=count,
        **by.columns(),
    )


def csv_lines(customers: QuerySet[Customer]) -> Iterator[str]:
    """Yield the lines of a CSV; no cell of it is a formula."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(HEADINGS)
    for row in _rows(customers):
        yield writer.writerow(row)


def workbook_file(customers: QuerySet[Customer]) -> IO[bytes]:
    """Return a workbook as a file that is gone when the answer closes it."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Customers")
    sheet.append(HEADINGS)
    for row in _rows(customers):
        sheet.append(row)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _without_words(query: str) -> str:
    """Leave out what was searched for: it may be a name, and this list is kept for ever."""
    told = [(name, "*" if name == "q" else text) for name, text in parse_qsl(query)]
    return urlencode(told, safe="*")


def _rows(customers: QuerySet[Customer]) -> Iterator[list[str]]:
    """Walk over the keys, oldest first: constant memory, and no cursor that stays open."""
    found, last = customers.prefetch_related("addresses").order_by("pk"), None
    while piece := list((found.filter(pk__gt=last) if last else found)[:PIECE]):
        for customer in piece:
            yield [_cell(text) for text in _told(customer)]
        last = piece[-1].pk


def _told(customer: Customer) -> list[object]:
    return [
        customer.pk,
        customer.code,
        customer.given_name,
        customer.family_name,
        customer.company,
        customer.email(),
        customer.phone(),
        customer.street,
        customer.postal_code,
        customer.city,
        customer.country,
        customer.language,
        customer.time_zone or "",
        customer.birth_date or "",
        customer.tax_id,
        customer.notes,
        customer.created_at.date(),
        "; ".join(_told_address(address) for address in _by_age(customer.addresses.all())),
    ]


def _by_age(addresses: Iterable[PostalAddress]) -> list[PostalAddress]:
    return sorted(addresses, key=lambda address: (address.created_at, address.pk))


def _told_address(address: PostalAddress) -> str:
    """“Work address (second floor): 1 rue Royale, 75008 Paris, France”."""
    kind = AddressKind(address.kind).label
    named = f"{kind} ({address.label})" if address.label else kind
    return f"{named}: {in_one_line(address)}"


def _cell(value: object) -> str:
    return protected(str(value))
