"""Compare imported customers after the import; keep less unsorted in the trigram indexes."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from hub.indexes import DropForeignKeyIndex

SEARCHED = [
    ("customer", "search_name", "customer_search"),
    ("contactpoint", "normalized", "contact_search"),
]


def _with_less_unsorted(model: str, field: str, index: str) -> migrations.SeparateDatabaseAndState:
    """Change the setting in place; Django would drop the index and build it anew."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {index} SET (gin_pending_list_limit = 512)",
                f"ALTER INDEX {index} RESET (gin_pending_list_limit)",
            )
        ],
        state_operations=[
            migrations.RemoveIndex(model_name=model, name=index),
            migrations.AddIndex(
                model_name=model,
                index=django.contrib.postgres.indexes.GinIndex(
                    fields=[field],
                    gin_pending_list_limit=512,
                    name=index,
                    opclasses=["gin_trgm_ops"],
                ),
            ),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_fewer_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="pendingcomparison", name="comparison_by_age"),
        migrations.AddField(
            model_name="pendingcomparison",
            name="imported",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="pendingcomparison",
            index=models.Index(fields=["imported", "since"], name="comparison_by_turn"),
        ),
        DropForeignKeyIndex(
            model_name="customer",
            name="canonical",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="customers.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=~models.Q(canonical=None),
                fields=["canonical"],
                name="customer_merged_into",
            ),
        ),
        *(_with_less_unsorted(*one) for one in SEARCHED),
    ]
