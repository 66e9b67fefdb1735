"""What is issued stays as it is; allocations are only added; a line belongs to its customer."""

from django.db import migrations

from hub.history import append_only

# INV-05: the content of an issued invoice never changes; its PDF is set once.
FROZEN_INVOICE = """
    CREATE FUNCTION billing_keep_issued() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status IN ('draft', 'discarded') AND OLD.number = '' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'an issued invoice is never deleted' USING ERRCODE = '42501';
        END IF;
        IF (OLD.legal_entity_id, OLD.location_id, OLD.currency, OLD.price_mode, OLD.note,
            OLD.series_id, OLD.series_number, OLD.number, OLD.issued_at, OLD.issue_date,
            OLD.due_date, OLD.net, OLD.tax, OLD.total, OLD.snapshot_text, OLD.snapshot_sha256)
           IS DISTINCT FROM
           (NEW.legal_entity_id, NEW.location_id, NEW.currency, NEW.price_mode, NEW.note,
            NEW.series_id, NEW.series_number, NEW.number, NEW.issued_at, NEW.issue_date,
            NEW.due_date, NEW.net, NEW.tax, NEW.total, NEW.snapshot_text, NEW.snapshot_sha256)
           OR (OLD.pdf_id IS NOT NULL AND OLD.pdf_id IS DISTINCT FROM NEW.pdf_id)
           OR NEW.status IN ('draft', 'discarded') THEN
            RAISE EXCEPTION 'an issued invoice does not change' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER keep_issued BEFORE UPDATE OR DELETE ON billing_invoice
        FOR EACH ROW EXECUTE FUNCTION billing_keep_issued();
"""
UNFREEZE_INVOICE = """
    DROP TRIGGER keep_issued ON billing_invoice;
    DROP FUNCTION billing_keep_issued();
"""
FROZEN_LINES = """
    CREATE FUNCTION billing_keep_issued_lines() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM billing_invoice invoice WHERE invoice.number <> ''
                   AND invoice.id IN (
                       CASE WHEN TG_OP <> 'INSERT' THEN OLD.invoice_id END,
                       CASE WHEN TG_OP <> 'DELETE' THEN NEW.invoice_id END)) THEN
            RAISE EXCEPTION 'the lines of an issued invoice do not change' USING ERRCODE = '42501';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER keep_issued BEFORE INSERT OR UPDATE OR DELETE ON billing_invoiceline
        FOR EACH ROW EXECUTE FUNCTION billing_keep_issued_lines();
    CREATE TRIGGER keep_issued BEFORE INSERT OR UPDATE OR DELETE ON billing_invoicetax
        FOR EACH ROW EXECUTE FUNCTION billing_keep_issued_lines();
"""
UNFREEZE_LINES = """
    DROP TRIGGER keep_issued ON billing_invoiceline;
    DROP TRIGGER keep_issued ON billing_invoicetax;
    DROP FUNCTION billing_keep_issued_lines();
"""
# ID-3: the appointment and its invoice stand under one customer, whatever was merged since.
ONE_CUSTOMER = """
    CREATE FUNCTION billing_same_customer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.appointment_id IS NOT NULL AND (
            SELECT coalesce(payer.canonical_id, payer.id)
            FROM billing_invoice invoice JOIN customers_customer payer
                ON payer.id = invoice.customer_id
            WHERE invoice.id = NEW.invoice_id
        ) IS DISTINCT FROM (
            SELECT coalesce(visitor.canonical_id, visitor.id)
            FROM scheduling_appointment visit JOIN customers_customer visitor
                ON visitor.id = visit.customer_id
            WHERE visit.id = NEW.appointment_id
        ) THEN
            RAISE EXCEPTION 'this appointment belongs to another customer'
                USING ERRCODE = '23514', CONSTRAINT = 'line_belongs_to_its_customer';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER same_customer BEFORE INSERT OR UPDATE ON billing_invoiceline
        FOR EACH ROW EXECUTE FUNCTION billing_same_customer();
"""
ANY_CUSTOMER = """
    DROP TRIGGER same_customer ON billing_invoiceline;
    DROP FUNCTION billing_same_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        *append_only(
            "billing_historicallegalentity",
            "billing_historicallocationbilling",
            "billing_historicaltaxrate",
            "billing_historicalinvoice",
            "billing_historicalinvoiceline",
            "billing_historicalpayment",
            "billing_historicalallocation",
            "billing_allocation",
        ),
        migrations.RunSQL(FROZEN_INVOICE, UNFREEZE_INVOICE),
        migrations.RunSQL(FROZEN_LINES, UNFREEZE_LINES),
        migrations.RunSQL(ONE_CUSTOMER, ANY_CUSTOMER),
    ]
