"""Let erasure clear the reasons that were noted in the history of somebody's series."""

from django.db import migrations

FUNCTION = """
    CREATE FUNCTION scheduling_erase_series_history(erased uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_series WHERE id = erased AND status <> 'ended') THEN
            RAISE EXCEPTION 'first end the series' USING ERRCODE = '42501';
        END IF;
        PERFORM set_config('hub.erasing', 'on', true);
        UPDATE scheduling_historicalseries
            SET history_change_reason = NULL, salt = NULL WHERE id = erased;
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0012_calendar_feeds"), ("hub", "0003_erasing")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION scheduling_erase_series_history(uuid)"),
    ]
