"""History that nobody can rewrite, and the counter behind C-004812."""

from django.db import migrations

from hub.history import append_only


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        *append_only(
            "customers_historicalcustomer",
            "customers_historicalcontactpoint",
            "customers_historicalidentityreview",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE customers_number AS bigint", "DROP SEQUENCE customers_number"
        ),
    ]
