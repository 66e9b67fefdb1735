"""Expand: classes, in which several customers have seats."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import simple_history.models
import timezone_field.fields
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_imported_customers_wait'),
        ('scheduling', '0019_holds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupSession',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('canceled', 'Canceled')], default='planned', max_length=8)),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('time_zone', timezone_field.fields.TimeZoneField()),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(default=0)),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(default=0)),
                ('seats', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('canceled_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='HistoricalGroupSession',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('canceled', 'Canceled')], default='planned', max_length=8)),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('time_zone', timezone_field.fields.TimeZoneField()),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(default=0)),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(default=0)),
                ('seats', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('cancel_reason', models.CharField(blank=True, max_length=200)),
                ('canceled_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical group session',
                'verbose_name_plural': 'historical group sessions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RemoveConstraint(
            model_name='occupancy',
            name='occupancy_is_of_one_owner',
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='seats',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, help_text='More than 1: it takes place as classes, and customers book seats in them', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)]),
        ),
        migrations.AddField(
            model_name='service',
            name='seats',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, help_text='More than 1: it takes place as classes, and customers book seats in them', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)]),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('seats__range', (1, 500))), name='service_seats_sensible'),
        ),
        migrations.AddField(
            model_name='groupsession',
            name='location',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='scheduling.location'),
        ),
        migrations.AddField(
            model_name='groupsession',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='scheduling.service'),
        ),
        migrations.AddField(
            model_name='groupsession',
            name='staff',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='scheduling.staff'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='session',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The class in which it is a seat, if any', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='places', to='scheduling.groupsession'),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='session',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The class in which it is a seat, if any', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.groupsession'),
        ),
        migrations.AddField(
            model_name='occupancy',
            name='session',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='occupancies', to='scheduling.groupsession'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('session__isnull', False)), fields=['session'], name='appointment_by_session'),
        ),
        migrations.AddConstraint(
            model_name='occupancy',
            constraint=models.UniqueConstraint(condition=models.Q(('session__isnull', False)), fields=('session', 'subject'), name='one_occupancy_per_subject_of_session'),
        ),
        migrations.AddConstraint(
            model_name='occupancy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', False), ('hold', None), ('session', None)), models.Q(('appointment', None), ('hold__isnull', False), ('session', None)), models.Q(('appointment', None), ('hold', None), ('session__isnull', False)), _connector='OR'), name='occupancy_is_of_one_owner'),
        ),
        migrations.AddField(
            model_name='historicalgroupsession',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalgroupsession',
            name='location',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location'),
        ),
        migrations.AddField(
            model_name='historicalgroupsession',
            name='service',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.service'),
        ),
        migrations.AddField(
            model_name='historicalgroupsession',
            name='staff',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff'),
        ),
        migrations.AddIndex(
            model_name='groupsession',
            index=models.Index(fields=['location', 'start_at'], name='session_by_day'),
        ),
        migrations.AddIndex(
            model_name='groupsession',
            index=models.Index(fields=['staff', 'start_at'], name='session_by_staff'),
        ),
        migrations.AddIndex(
            model_name='groupsession',
            index=models.Index(fields=['created_at', 'id'], name='session_by_age'),
        ),
        migrations.AddConstraint(
            model_name='groupsession',
            constraint=models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='session_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='groupsession',
            constraint=models.CheckConstraint(condition=models.Q(('seats__range', (1, 500))), name='session_seats_sensible'),
        ),
        migrations.AddConstraint(
            model_name='groupsession',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'planned')), fields=('service', 'staff', 'start_at'), name='one_class_at_a_time_of_a_person'),
        ),
        *append_only("scheduling_historicalgroupsession"),
    ]
