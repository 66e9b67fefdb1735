"""Let erasure clear why records were merged as well: people write names there."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("customers.migrations.0008_postal_addresses").FORWARDS
FORWARDS = EARLIER.replace(
    "SET before = '{}', salt = NULL",
    "SET before = '{}', reason = '', history_change_reason = '', salt = NULL",
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_postal_addresses")]

    operations = [migrations.RunSQL(FORWARDS, EARLIER)]
