"""Migrations that take away an index nobody reads: every insert pays for each index of a table."""

from typing import Any

from django.db import migrations, models


class WithoutIndex(migrations.AlterField):
    """Drop the index of a foreign key, because another index begins with the same column.

    Django's own operation also drops the key, and checks every row when it makes it again.
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
        index.name = name  # Django's own names may be longer than those that people give
        return index
