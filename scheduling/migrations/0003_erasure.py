"""Let erasure clear what was noted about a person in the history of appointments."""

from django.db import migrations

FUNCTION = """
    CREATE FUNCTION scheduling_erase_history(erased uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_appointment
                   WHERE id = erased AND (notes <> '' OR cancel_reason <> '')) THEN
            RAISE EXCEPTION 'first clear the appointment itself' USING ERRCODE = '42501';
        END IF;
        PERFORM set_config('hub.erasing', 'on', true);
        UPDATE scheduling_historicalappointment
            SET notes = '', cancel_reason = '', salt = NULL WHERE id = erased;
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_guards"), ("hub", "0003_erasing")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION scheduling_erase_history(uuid)"),
    ]
