"""History that nobody can rewrite, and the counter behind A-00042."""

from django.db import migrations

from hub.history import append_only


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        *append_only(
            "scheduling_historicallocation",
            "scheduling_historicalresource",
            "scheduling_historicalservice",
            "scheduling_historicalstaff",
            "scheduling_historicalappointment",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE scheduling_appointment_number AS bigint",
            "DROP SEQUENCE scheduling_appointment_number",
        ),
    ]
