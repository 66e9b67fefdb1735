"""Let a function of the owner clear the words of history rows when a person is erased.

The program itself still cannot: it has no right to update these tables, and the setting alone
helps nobody who has none.
"""

from django.db import migrations

FORWARDS = """
    CREATE OR REPLACE FUNCTION hub_deny_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND current_setting('hub.erasing', true) = 'on'
           AND current_user <> 'hub_app' THEN
            IF NEW.row_sha = OLD.row_sha THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
    END $$;
"""
BACKWARDS = """
    CREATE OR REPLACE FUNCTION hub_deny_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hub", "0002_key_history")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
