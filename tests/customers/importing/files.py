"""Files for tests, made when they are needed, and imports of them from upload to the end."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from django.utils import timezone

from customers.importing.moving import moving
from customers.importing.requesting import (
    choose_columns,
    start_check,
    start_import,
    upload_import,
)
from customers.models import CustomerImport
from hub.accounts.models import User
from hub.actors import Actor
from tests.factories.people import actor, person

HEADINGS = ("First name", "Last name", "E-mail", "Phone")
CLAIRE = ("Claire", "Marchetti", "claire@marchetti.example", "+33612345678")
LUC = ("Luc", "Marchetti", "luc@marchetti.example", "")


def csv_of(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, sign: str = ",") -> bytes:
    return "\r\n".join(sign.join(row) for row in [headings, *rows]).encode()


def workbook_of(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def people(count: int) -> list[tuple[str, ...]]:
    """Return rows of as many different people."""
    return [
        ("Ann", f"Number {place}", f"ann{place}@x.example", f"+3361{place:07d}")
        for place in range(count)
    ]


def ada() -> User:
    return User.objects.filter(name="Ada Manager").first() or person("Manager")


def uploaded(content: bytes, name: str = "customers.csv", *, by: Actor) -> CustomerImport:
    return upload_import(io.BytesIO(content), file_name=name, at=timezone.now(), by=by)[0]


def checked(content: bytes, *, system: str = "", **mapping: str) -> CustomerImport:
    """Upload and check, with the guessed columns and those of ``mapping``."""
    by = actor(ada())
    found = uploaded(content, by=by)
    chosen = found.mapping | mapping
    choose_columns(found.pk, chosen, system=system, by=by)
    start_check(found.pk, at=timezone.now(), by=by)
    return work(found)


def imported(content: bytes, *, system: str = "", **mapping: str) -> CustomerImport:
    found = checked(content, system=system, **mapping)
    return run(found)


def run(found: CustomerImport) -> CustomerImport:
    start_import(found.pk, at=timezone.now(), by=actor(ada()))
    return work(found)


def work(found: CustomerImport) -> CustomerImport:
    """Do what a worker does until there is nothing left."""
    with moving(found.pk) as mover:
        while mover and mover.step(at=timezone.now()):
            pass
    found.refresh_from_db()
    return found


def told(found: CustomerImport) -> list[tuple[int, str, list[str]]]:
    rows = found.rows.order_by("number")
    return [(row.number, str(row.outcome), row.reasons) for row in rows]
