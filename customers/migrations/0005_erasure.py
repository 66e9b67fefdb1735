"""Let erasure clear the words of a history, and nothing but erasure; the seals stay."""

from django.db import migrations

FUNCTION = """
    CREATE FUNCTION customers_erase_history(erased uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM customers_customer
                       WHERE id = erased AND erased_at IS NOT NULL) THEN
            RAISE EXCEPTION 'only an erased customer loses its history' USING ERRCODE = '42501';
        END IF;
        PERFORM set_config('hub.erasing', 'on', true);
        UPDATE customers_historicalcustomer SET
            given_name = '', family_name = 'Erased customer', company = '', tax_id = '',
            street = '', postal_code = '', city = '', country = '', birth_date = NULL,
            language = 'en', time_zone = NULL, notes = '', search_name = '', salt = NULL
            WHERE id = erased;
        UPDATE customers_historicalcontactpoint SET
            value = '', normalized = '', extension = '', salt = NULL WHERE customer_id = erased;
        UPDATE customers_historicalexternalid SET
            system = '', value = '', salt = NULL WHERE customer_id = erased;
        UPDATE customers_historicalconsent SET
            source = '', salt = NULL WHERE customer_id = erased;
        UPDATE customers_historicalmerge SET before = '{}', salt = NULL
            WHERE survivor_id = erased OR absorbed_id = erased;
        UPDATE customers_historicalidentityreview SET evidence = '[]', salt = NULL
            WHERE customer_id = erased OR candidate_id = erased;
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_duplicates"), ("hub", "0003_erasing")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION customers_erase_history(uuid)"),
    ]
