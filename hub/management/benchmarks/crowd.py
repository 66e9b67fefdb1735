"""Many customers at once, straight into the tables: for measuring, never for real ones."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from customers.normalizing import fold
from hub.identifiers import next_many_of, uuid7
from hub.management.benchmarks.people import Person, Population

AT_ONCE = 20_000
SYSTEM = "crowd"
FIRST_AT = datetime(2020, 1, 1, tzinfo=UTC)
Progress = Callable[[int], None]
TABLES = {
    "customers_customer": "id number given_name family_name company tax_id street postal_code city"
    " country birth_date language notes search_name created_at version",
    "customers_contactpoint": "id customer_id kind value normalized extension is_primary verified"
    " shared doubtful created_at",
    "customers_externalid": "id customer_id system value created_at",
}


def gather(count: int, *, seed: int, progress: Progress) -> list[Person]:
    """Write ``count`` invented customers with an address, a number and an id of another tool.

    ``progress`` is told how many are there so far. They come without history and events.
    """
    everybody: list[Person] = []
    crowd = Population(seed).people(count)
    while part := list(islice(crowd, AT_ONCE)):
        with transaction.atomic():
            _copy(part)
        everybody += part
        progress(len(everybody))
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
    return everybody


def _copy(people: list[Person]) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    numbers = next_many_of("customers_number", len(people))
    for person, number in zip(people, numbers, strict=True):
        for table, row in _rows(person, number):
            rows[table].append(row)
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            statement = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
            with cursor.copy(statement) as copy:
                for row in rows[table]:
                    copy.write_row(row)


def _rows(person: Person, number: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    pk, at = uuid7(), FIRST_AT + timedelta(seconds=person.number)
    name = fold(f"{person.family} {person.given}")
    place = person.street, person.postal_code, person.city, person.region
    born = person.born if person.number % 2 else None
    who = pk, number, person.given, person.family, "", ""
    yield "customers_customer", (*who, *place, born, "en", "", name, at, 1)
    flags = True, False, False, False, at
    email = person.email
    yield "customers_contactpoint", (uuid7(), pk, "email", email, email, "", *flags)
    if not person.shares_phone:
        phone = person.phone
        yield "customers_contactpoint", (uuid7(), pk, "phone", phone, phone, "", *flags)
    yield "customers_externalid", (uuid7(), pk, SYSTEM, f"X{person.number}", at)
