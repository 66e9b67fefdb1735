"""History that nobody can rewrite."""

from django.db import migrations

from hub.history import append_only


class Migration(migrations.Migration):
    dependencies = [("syncs", "0001_initial")]

    operations = [
        *append_only(
            "syncs_historicalconnection",
            "syncs_historicalconflict",
        ),
    ]
