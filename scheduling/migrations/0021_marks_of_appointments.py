"""Expand: the door an appointment was booked through, its color, and tags, which an erasure clears."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


FUNCTION = """
    CREATE OR REPLACE FUNCTION scheduling_erase_history(erased uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM scheduling_appointment WHERE id = erased
                   AND (notes <> '' OR customer_notes <> ''
                        OR tags <> '{}' OR cancel_reason <> '')) THEN
            RAISE EXCEPTION 'first clear the appointment itself' USING ERRCODE = '42501';
        END IF;
        PERFORM set_config('hub.erasing', 'on', true);
        UPDATE scheduling_historicalappointment
            SET notes = '', customer_notes = '', tags = '{}', cancel_reason = '', salt = NULL
            WHERE id = erased;
        PERFORM set_config('hub.erasing', '', true);
    END $$;
"""
BEFORE = """
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


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0020_classes'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='booked_through',
            field=models.CharField(blank=True, choices=[('browser', 'In the browser'), ('api', 'API'), ('connector', 'Connected system'), ('job', 'By the hub, for a series'), ('import', 'Moved in'), ('link', 'Link of the customer'), ('booking_page', 'Online booking')], db_default='', default='', help_text='Empty: it was booked before this was recorded', max_length=12),
        ),
        migrations.AddField(
            model_name='appointment',
            name='color',
            field=models.CharField(blank=True, choices=[('blue', 'Blue'), ('pink', 'Pink'), ('green', 'Green'), ('orange', 'Orange'), ('purple', 'Purple'), ('teal', 'Teal'), ('red', 'Red'), ('olive', 'Olive')], db_default='', default='', help_text='Of its own; empty: that of its service', max_length=6),
        ),
        migrations.AddField(
            model_name='appointment',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='booked_through',
            field=models.CharField(blank=True, choices=[('browser', 'In the browser'), ('api', 'API'), ('connector', 'Connected system'), ('job', 'By the hub, for a series'), ('import', 'Moved in'), ('link', 'Link of the customer'), ('booking_page', 'Online booking')], db_default='', default='', help_text='Empty: it was booked before this was recorded', max_length=12),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='color',
            field=models.CharField(blank=True, choices=[('blue', 'Blue'), ('pink', 'Pink'), ('green', 'Green'), ('orange', 'Orange'), ('purple', 'Purple'), ('teal', 'Teal'), ('red', 'Red'), ('olive', 'Olive')], db_default='', default='', help_text='Of its own; empty: that of its service', max_length=6),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('tags', []), _negated=True), fields=['tags'], name='appointment_by_tag'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('tags', []), _negated=True), fields=['location', 'start_at'], name='appointment_tagged'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('tags__len__lte', 10)), name='appointment_has_few_tags'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('color__in', ['', 'blue', 'pink', 'green', 'orange', 'purple', 'teal', 'red', 'olive'])), name='appointment_color_of_palette'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('booked_through__in', ['', 'browser', 'api', 'connector', 'job', 'import', 'link', 'booking_page'])), name='appointment_door_known'),
        ),
        migrations.RunSQL(FUNCTION, BEFORE),
    ]
