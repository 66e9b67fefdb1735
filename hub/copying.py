"""Insert many rows of one model by COPY: a third of the time of an INSERT with as many values."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models import Field
from django.db.models.expressions import DatabaseDefault
from psycopg import sql

# Their values go to the database as Python has them; others are prepared by their field.
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
    models.BinaryField,
    models.ForeignKey,
    models.OneToOneField,
)


def copy_all(instances: Sequence[models.Model]) -> None:
    """Insert ``instances``, all of one model; what the database makes is not read back.

    :raises IntegrityError: as an INSERT would; none of them is there then.
    """
    if not instances:
        return
    first = instances[0]
    fields = [field for field in first._meta.concrete_fields if not _is_made_there(field, first)]  # noqa: SLF001
    takers = [_taker(field) for field in fields]
    columns = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields])
    table = sql.Identifier(first._meta.db_table)  # noqa: SLF001
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for instance in instances:
            copy.write_row([take(instance) for take in takers])
    for instance in instances:
        instance._state.adding = False  # noqa: SLF001
        instance._state.db = connection.alias  # noqa: SLF001


def _is_made_there(field: "Field[Any, Any]", first: models.Model) -> bool:
    is_counter = isinstance(field, models.AutoField | models.BigAutoField)
    return is_counter or isinstance(getattr(first, field.attname), DatabaseDefault)


def _taker(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    if type(field) in _AS_THEY_ARE:
        return attrgetter(field.attname)
    return lambda instance: field.get_db_prep_save(getattr(instance, field.attname), connection)
