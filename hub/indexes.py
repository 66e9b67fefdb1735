"""Indexes by trigrams, and dropping others: every insert pays for each index of its table."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# New values wait unsorted, and every search reads all that wait; PostgreSQL's own limit is 4 MB
# (measured in decision 11).
UNSORTED_KB = 512


def trigram_index(field: str, *, name: str) -> GinIndex:
    """Return the index by which parts of ``field``, and values like it, are found."""
    return GinIndex(
        fields=[field], name=name, opclasses=["gin_trgm_ops"], gin_pending_list_limit=UNSORTED_KB
    )


class DropForeignKeyIndex(migrations.AlterField):
    """Drop the index of a foreign key, because another index begins with the same column.

    Django's ``AlterField`` would also drop and add the constraint, which checks every row.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        model = states[0].apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self._index(model, schema_editor))

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        model = states[1].apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self._index(model, schema_editor))

    def _index(self, model: type[models.Model], schema_editor: Any) -> models.Index:
        table, column = model._meta.db_table, f"{self.name}_id"  # noqa: SLF001
        name = schema_editor._create_index_name(table, [column])  # noqa: SLF001
        index = models.Index(fields=[self.name])
        index.name = name  # set afterwards: given at once, it may have 30 characters at most
        return index
