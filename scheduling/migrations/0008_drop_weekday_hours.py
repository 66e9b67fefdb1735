"""Contract: drop what the weeks replaced."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_fill_weeks")]

    operations = [
        migrations.RemoveConstraint("location", "location_closes_after_opening"),
        *(
            migrations.RemoveField(model, name)
            for model in ("location", "historicallocation")
            for name in ("opens_at", "closes_at")
        ),
        migrations.DeleteModel("WeekdayHours"),
    ]
