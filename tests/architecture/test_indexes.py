"""Every insert pays for each index of its table, so none may be there for nothing."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.architecture.test_models import own_models

pytestmark = pytest.mark.django_db
# An index whose columns are the first ones of another, with the same operator classes; neither
# is partial or over an expression.
REPEATED = """
    SELECT shorter.indexrelid::regclass::text
    FROM pg_index shorter
    JOIN pg_index longer USING (indrelid)
    JOIN pg_class one ON one.oid = shorter.indexrelid
    JOIN pg_class other ON other.oid = longer.indexrelid AND other.relam = one.relam
    WHERE shorter.indexrelid <> longer.indexrelid AND NOT shorter.indisunique
      AND shorter.indrelid = ANY (%s::regclass[])
      AND num_nulls(shorter.indpred, longer.indpred, shorter.indexprs, longer.indexprs) = 4
      AND longer.indkey::text || ' ' LIKE shorter.indkey::text || ' %%'
      AND longer.indclass::text || ' ' LIKE shorter.indclass::text || ' %%'
"""


def own_tables() -> list[str]:
    """The tables of our models and their histories; Django's many-to-many tables are its own."""
    histories = [model.history.model for model in own_models() if hasattr(model, "history")]
    return [model._meta.db_table for model in [*own_models(), *histories]]


def repeated(*tables: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(REPEATED, [list(tables)])
        return sorted(name for (name,) in cursor.fetchall())


def test_no_index_repeats_the_beginning_of_another() -> None:
    assert repeated(*own_tables()) == []


def test_an_index_that_repeats_another_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE things (a int, b int, UNIQUE (a, b))")
        cursor.execute("CREATE INDEX again ON things (a)")
        cursor.execute("CREATE INDEX useful ON things (b)")

    assert repeated("things") == ["again"]


def test_the_user_object_that_histories_leave_empty_costs_nothing() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    users: list[Any] = [field for field in fields if field.name == "history_user"]

    assert users
    assert [field for field in users if field.db_index or field.db_constraint] == []
