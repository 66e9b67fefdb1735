"""Insert many rows of one model by COPY: a third of the time of an INSERT with as many values.

``copy_rows`` takes plain values and is for rows that nobody needs as objects: making a model
object costs more than writing its row. Where objects are needed, ``maker_of`` makes them.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, partial
from itertools import islice
from types import NoneType
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Field
from django.db.models.base import ModelState
from django.utils import timezone
from psycopg import sql
from timezone_field import TimeZoneField

Made = TypeVar("Made", bound=models.Model)
AnyField: TypeAlias = "Field[Any, Any]"
# Writes the values of a row, of which ``str`` of each is at hand, as a line that COPY reads.
LineOf: TypeAlias = Callable[[Sequence[Any], list[str]], str]
NULL = r"\N"
LINES_AT_ONCE = 1000
_COUNTED_THERE = (models.AutoField, models.BigAutoField)
# PostgreSQL reads their values as ``str`` writes them; others are prepared by their field. Types
# are compared exactly, because a subclass may prepare its values.
_AS_THEY_ARE = (
    models.CharField,
    models.TextField,
    models.UUIDField,
    models.IntegerField,
    models.BigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.BooleanField,
    models.DateField,
    models.DateTimeField,
    models.ForeignKey,
    models.OneToOneField,
)
_READ_AS_TEXT = (str, int, float, Decimal, date, time, UUID, NoneType)
_has_signs_of_copy = re.compile(r"[\\\t\n\r]").search
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def maker_of(model: type[Made], *names: str) -> Callable[..., Made]:
    """Return a function that makes an unsaved object from the values of ``names``, in order.

    Other fields get their defaults. The objects are what ``model(**values)`` makes, but no signal
    is sent: that takes a tenth of the time.
    """
    fields = model._meta.concrete_fields  # noqa: SLF001
    unknown = set(names) - {field.attname for field in fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no columns {sorted(unknown)}.")
    others = [field for field in fields if field.attname not in names]
    fixed = {field.attname: field.get_default() for field in others if not _is_made_anew(field)}
    made_anew = [(field.attname, _maker(field)) for field in others if _is_made_anew(field)]

    def make(*values: Any) -> Made:
        made = model.__new__(model)
        made._state = ModelState()  # noqa: SLF001
        columns = made.__dict__
        columns.update(fixed)
        columns.update(zip(names, values, strict=True))
        for name, default in made_anew:
            columns[name] = default()
        return made

    return make


def copy_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    alike: Mapping[str, Any] | None = None,
) -> None:
    """Insert ``rows`` of plain values, each in the order of ``names`` (``attname`` of fields).

    ``alike`` are columns with one value in all rows. A column that is not named at all gets the
    default of its field.

    :raises IntegrityError: as an INSERT would; none of them is there then.
    """
    alike = dict(alike or {})
    others = [field for field in _written(model) if field.attname not in {*names, *alike}]
    others = [field for field in others if not field.has_db_default()]
    made_anew = [field for field in others if _is_made_anew(field)]
    alike |= {field.attname: field.get_default() for field in others if field not in made_anew}
    defaults = [_maker(field) for field in made_anew]
    varying = [*names, *(field.attname for field in made_anew)]
    line_of = line_maker(model, varying)
    end = line_end(model, alike)

    def lines() -> Iterable[str]:
        for row in rows:
            values = [*row, *[default() for default in defaults]] if defaults else row
            yield line_of(values, list(map(str, values))) + end

    copy_lines(model, [*varying, *alike], lines())


def copy_lines(model: type[models.Model], names: Sequence[str], lines: Iterable[str]) -> None:
    """Insert rows that ``line_maker`` wrote, with the columns ``names``; as ``copy_rows`` does."""
    by_name = _by_name(model)
    columns = sql.SQL(", ").join([sql.Identifier(str(by_name[name].column)) for name in names])
    table = sql.Identifier(model._meta.db_table)  # noqa: SLF001
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
    left = iter(lines)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        while some := list(islice(left, LINES_AT_ONCE)):
            copy.write("\n".join([*some, ""]))


def line_maker(model: type[models.Model], names: Sequence[str]) -> LineOf:
    """Return how a row with the columns ``names`` is written for ``copy_lines``."""
    by_name = _by_name(model)
    writers = [(place, _writer(by_name[name])) for place, name in enumerate(names)]
    own = [(place, write) for place, write in writers if write]

    def line_of(values: Sequence[Any], texts: list[str]) -> str:
        if _has_signs_of_copy("".join(texts)):
            texts = [text.translate(_ESCAPES) for text in texts]
        for place, write in own:
            texts[place] = write(values[place])
        if "None" in texts:  # missing where it must not be, which is for PostgreSQL to refuse
            pairs = zip(texts, values, strict=True)
            texts = [NULL if value is None else text for text, value in pairs]
        return "\t".join(texts)

    return line_of


def line_end(model: type[models.Model], alike: Mapping[str, Any]) -> str:
    """Return what follows a line of ``line_maker`` when further columns are ``alike`` in all."""
    if not alike:
        return ""
    values = list(alike.values())
    return "\t" + line_maker(model, list(alike))(values, list(map(str, values)))


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the names (``attname``) of the columns whose values come from here."""
    return [field.attname for field in _written(model)]


def _by_name(model: type[models.Model]) -> dict[str, AnyField]:
    return {field.attname: field for field in _written(model)}


def _written(model: type[models.Model]) -> list[AnyField]:
    """The columns whose values come from here; the database counts the others."""
    fields = model._meta.concrete_fields  # noqa: SLF001
    return [field for field in fields if not isinstance(field, _COUNTED_THERE)]


def _writer(field: AnyField) -> Callable[[Any], str] | None:
    """Return how a value is written; ``None`` where it is as ``str`` writes it."""
    if type(field) in _AS_THEY_ARE:
        return _text if field.null else None
    if type(field) is models.JSONField:
        encoder = field.encoder
        return lambda value: _text(None if value is None else json.dumps(value, cls=encoder))
    if type(field) is models.BinaryField:
        return hex_of

    if isinstance(field, ArrayField):
        return lambda value: _text(None if value is None else array_of(value))

    def prepared(value: Any) -> str:
        ready = field.get_db_prep_save(value, connection)
        if not isinstance(ready, _READ_AS_TEXT):
            raise TypeError(f"COPY does not know how {field} is written.")
        return _text(ready)

    # A business lives in few time zones, and most customers say none.
    return cache(prepared) if isinstance(field, TimeZoneField) else prepared


def array_of(values: Iterable[Any]) -> str:
    """Return texts, numbers or times as PostgreSQL reads an array of them."""
    quoted = (str(each).replace("\\", r"\\").replace('"', r"\"") for each in values)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def _text(value: Any) -> str:
    return NULL if value is None else str(value).translate(_ESCAPES)


def hex_of(value: bytes | None) -> str:
    """Return bytes as ``line_maker`` writes them."""
    return NULL if value is None else rf"\\x{value.hex()}"


def _maker(field: AnyField) -> Callable[[], Any]:
    # Django's asks the settings for the time zone, which takes ten times as long.
    return partial(datetime.now, UTC) if field.default is timezone.now else field.default


def _is_made_anew(field: AnyField) -> bool:
    """Say whether each row gets a default of its own, such as an id."""
    return field.has_default() and callable(field.default)
