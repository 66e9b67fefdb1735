"""Expand: reminders, quiet hours, late fees of a location; fill what appointments keep."""

import django.core.validators
import scheduling.models.hours
import scheduling.models.places
from django.db import migrations, models


FILL = """
    UPDATE scheduling_appointment booked SET minimum_notice_minutes = service.minimum_notice_minutes
    FROM scheduling_service service
    WHERE service.id = booked.service_id AND booked.status = 'booked'
        AND service.minimum_notice_minutes > 0;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0009_service_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='reminder_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='reminder_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicallocation',
            name='quiet_hours',
            field=scheduling.models.hours.HoursField(blank=True, default=scheduling.models.places.nights, help_text='No reminder reaches anybody in these hours of their clock'),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='instructions',
            field=models.TextField(blank=True, help_text='Stands in confirmations and reminders', max_length=1000),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='reminder_minutes',
            field=models.PositiveIntegerField(default=1440, help_text='How long before the start a reminder goes out; 0: none', validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='late_fee',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='reminder_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AddField(
            model_name='location',
            name='quiet_hours',
            field=scheduling.models.hours.HoursField(blank=True, default=scheduling.models.places.nights, help_text='No reminder reaches anybody in these hours of their clock'),
        ),
        migrations.AddField(
            model_name='service',
            name='instructions',
            field=models.TextField(blank=True, help_text='Stands in confirmations and reminders', max_length=1000),
        ),
        migrations.AddField(
            model_name='service',
            name='reminder_minutes',
            field=models.PositiveIntegerField(default=1440, help_text='How long before the start a reminder goes out; 0: none', validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='late_fee',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='reminder_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='historicalservice',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Canceled later than this before the start it costs the late fee', validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='historicalservice',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='historicalserviceatlocation',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='historicalserviceatlocation',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='service',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Canceled later than this before the start it costs the late fee', validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='service',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='serviceatlocation',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AlterField(
            model_name='serviceatlocation',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(527040)]),
        ),
        migrations.AddConstraint(
            model_name='serviceatlocation',
            constraint=models.CheckConstraint(condition=models.Q(('late_fee', None), ('late_fee__gte', 0), _connector='OR'), name='late_fee_at_location_not_negative'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
