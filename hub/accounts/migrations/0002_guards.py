"""History that nobody can rewrite."""

from django.db import migrations

from hub.history import append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        *append_only(
            "accounts_historicaluser",
            "accounts_historicalrolegrant",
        ),
    ]
