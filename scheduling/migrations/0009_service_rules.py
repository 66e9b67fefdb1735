"""Expand: how far ahead, late fees, rules of one location; an appointment keeps its own."""

import django.core.validators
import django.db.models.deletion
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0008_drop_weekday_hours'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalServiceAtLocation',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('is_offered', models.BooleanField(default=True)),
                ('duration_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)])),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('minimum_notice_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('horizon_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('cancellation_window_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical service at location',
                'verbose_name_plural': 'historical service at locations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ServiceAtLocation',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_offered', models.BooleanField(default=True)),
                ('duration_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)])),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('minimum_notice_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('horizon_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('cancellation_window_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='appointment',
            name='canceled_by',
            field=models.CharField(blank=True, choices=[('customer', 'The customer'), ('business', 'We')], max_length=8),
        ),
        migrations.AddField(
            model_name='appointment',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='appointment',
            name='late_fee',
            field=models.DecimalField(decimal_places=4, default=0, help_text='Due when the customer cancels within the window, or does not come', max_digits=15),
        ),
        migrations.AddField(
            model_name='appointment',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='canceled_by',
            field=models.CharField(blank=True, choices=[('customer', 'The customer'), ('business', 'We')], max_length=8),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='late_fee',
            field=models.DecimalField(decimal_places=4, default=0, help_text='Due when the customer cancels within the window, or does not come', max_digits=15),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='minimum_notice_minutes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Canceled later than this before the start it costs the late fee'),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(default=365, help_text='How far ahead it can be booked, in local days'),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='late_fee',
            field=models.DecimalField(decimal_places=4, default=0, max_digits=15, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='late_fee_kind',
            field=models.CharField(blank=True, choices=[('flat', 'An amount'), ('percent', 'Percent of the price')], max_length=8),
        ),
        migrations.AddField(
            model_name='service',
            name='cancellation_window_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Canceled later than this before the start it costs the late fee'),
        ),
        migrations.AddField(
            model_name='service',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(default=365, help_text='How far ahead it can be booked, in local days'),
        ),
        migrations.AddField(
            model_name='service',
            name='late_fee',
            field=models.DecimalField(decimal_places=4, default=0, max_digits=15, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='service',
            name='late_fee_kind',
            field=models.CharField(blank=True, choices=[('flat', 'An amount'), ('percent', 'Percent of the price')], max_length=8),
        ),
        migrations.AlterField(
            model_name='historicalservice',
            name='duration_minutes',
            field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AlterField(
            model_name='historicalservice',
            name='price',
            field=models.DecimalField(decimal_places=4, max_digits=15, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='service',
            name='duration_minutes',
            field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.AlterField(
            model_name='service',
            name='price',
            field=models.DecimalField(decimal_places=4, max_digits=15, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('late_fee__gte', 0), models.Q(models.Q(('late_fee_kind', 'percent'), _negated=True), ('late_fee__lte', 100), _connector='OR')), name='service_late_fee_sensible'),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='location',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location'),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='service',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.service'),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='location',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='own_rules', to='scheduling.location'),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='service',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='at_locations', to='scheduling.service'),
        ),
        migrations.AddConstraint(
            model_name='serviceatlocation',
            constraint=models.UniqueConstraint(fields=('service', 'location'), name='one_set_of_rules_per_location'),
        ),
        migrations.AddConstraint(
            model_name='serviceatlocation',
            constraint=models.CheckConstraint(condition=models.Q(('duration_minutes', None), ('duration_minutes__range', (5, 1440)), _connector='OR'), name='length_at_location_sensible'),
        ),
        migrations.AddConstraint(
            model_name='serviceatlocation',
            constraint=models.CheckConstraint(condition=models.Q(('price', None), ('price__gte', 0), _connector='OR'), name='price_at_location_not_negative'),
        ),
        *append_only("scheduling_historicalserviceatlocation"),
    ]
