"""Expand: notes that the customer reads, which an erasure clears as the others."""

from django.db import migrations, models

FUNCTION = """
    CREATE OR REPLACE FUNCTION scheduling_erase_history(erased uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_appointment WHERE id = erased
                   AND (notes <> '' OR customer_notes <> '' OR cancel_reason <> '')) THEN
            RAISE EXCEPTION 'first clear the appointment itself' USING ERRCODE = '42501';
        END IF;
        PERFORM set_config('hub.erasing', 'on', true);
        UPDATE scheduling_historicalappointment
            SET notes = '', customer_notes = '', cancel_reason = '', salt = NULL WHERE id = erased;
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""
BEFORE = """
    CREATE OR REPLACE FUNCTION scheduling_erase_history(erased uuid) RETURNS void
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
NOTES = models.TextField(
    blank=True, db_default="", default="", help_text="The customer reads them", max_length=1000
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0017_online_booking")]

    operations = [
        migrations.AddField("appointment", "customer_notes", NOTES),
        migrations.AddField("historicalappointment", "customer_notes", NOTES),
        migrations.RunSQL(FUNCTION, BEFORE),
    ]
