"""Expand: a location and a person's work there have a week; dates can differ from it."""

from django.db import migrations

import scheduling.models.hours

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_fewer_indexes")]

    operations = [
        *(
            migrations.AddField(
                model_name=model, name=day, field=scheduling.models.hours.HoursField()
            )
            for model in ("location", "historicallocation")
            for day in WEEK
        ),
        migrations.RenameModel("WorkingHours", "WeekdayHours"),
        migrations.RemoveConstraint("weekdayhours", "working_hours_do_not_overlap"),
    ]
