"""Further postal addresses of customers, with their history, which erasure clears as well."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only

FUNCTION = """
    CREATE OR REPLACE FUNCTION customers_erase_history(erased uuid) RETURNS void
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
        -- further
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""
ADDRESSES = """UPDATE customers_historicalpostaladdress SET
            label = '', street = '', postal_code = '', city = '', country = '', salt = NULL
            WHERE customer_id = erased;"""
FORWARDS = FUNCTION.replace("-- further", ADDRESSES)



class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_import_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalPostalAddress',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('kind', models.CharField(choices=[('billing', 'Billing address'), ('home', 'Home address'), ('work', 'Work address'), ('visit', 'Address we come to')], max_length=8)),
                ('label', models.CharField(blank=True, help_text='Such as “second floor”.', max_length=60)),
                ('street', models.CharField(blank=True, max_length=160)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical postal address',
                'verbose_name_plural': 'historical postal addresses',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PostalAddress',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('billing', 'Billing address'), ('home', 'Home address'), ('work', 'Work address'), ('visit', 'Address we come to')], max_length=8)),
                ('label', models.CharField(blank=True, help_text='Such as “second floor”.', max_length=60)),
                ('street', models.CharField(blank=True, max_length=160)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='customers.customer')),
            ],
            options={
                'verbose_name_plural': 'postal addresses',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('customer', 'street', 'postal_code', 'city', 'country'), name='postal_address_once_per_customer'), models.CheckConstraint(condition=models.Q(('city', ''), ('postal_code', ''), ('street', ''), _negated=True), name='postal_address_not_empty')],
            },
        ),
        *append_only("customers_historicalpostaladdress"),
        migrations.RunSQL(FORWARDS, FUNCTION),
    ]
