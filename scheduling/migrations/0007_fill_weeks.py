"""Migrate: what was one row for each stretch becomes one week for each person and location."""

from django.db import migrations

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OPENING = ", ".join(
    f"{day} = int4multirange(int4range(hub_minutes(opens_at), hub_minutes(closes_at)))"
    for day in WEEK
)
STRETCHES = ", ".join(
    "coalesce(range_agg(int4range(hub_minutes(starts_at), hub_minutes(ends_at)))"
    f" FILTER (WHERE weekday = {number}), '{{}}')"
    for number in range(7)
)
FILL = f"""
    UPDATE scheduling_location SET {OPENING};
    INSERT INTO scheduling_workinghours (id, staff_id, location_id, version, {", ".join(WEEK)})
        SELECT gen_random_uuid(), person.id, person.location_id, 1, {STRETCHES}
        FROM scheduling_weekdayhours hours JOIN scheduling_staff person ON person.id = staff_id
        GROUP BY person.id;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0006_special_days")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
