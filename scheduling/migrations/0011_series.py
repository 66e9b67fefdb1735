"""Expand: recurring visits, and which of their dates an appointment stands for."""

import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import hub.identifiers
import scheduling.recurrence
import simple_history.models
import timezone_field.fields
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_imported_customers_wait'),
        ('hub', '0005_fewer_indexes'),
        ('scheduling', '0010_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='occurs_on',
            field=models.DateField(blank=True, help_text='The date of its series that it stands for, if any', null=True),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='occurs_on',
            field=models.DateField(blank=True, help_text='The date of its series that it stands for, if any', null=True),
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(editable=False, unique=True)),
                ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], default='active', max_length=8)),
                ('unit', models.CharField(choices=[(scheduling.recurrence.Unit['DAY'], 'Day'), (scheduling.recurrence.Unit['WEEK'], 'Week'), (scheduling.recurrence.Unit['MONTH'], 'Month'), (scheduling.recurrence.Unit['YEAR'], 'Year')], max_length=8)),
                ('interval', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)])),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                ('monthly', models.CharField(choices=[(scheduling.recurrence.Monthly['SAME_DAY'], 'same day'), (scheduling.recurrence.Monthly['SAME_OR_LAST_DAY'], 'same or last day'), (scheduling.recurrence.Monthly['SAME_WEEKDAY'], 'same weekday'), (scheduling.recurrence.Monthly['LAST_WEEKDAY'], 'last weekday')], default=scheduling.recurrence.Monthly['SAME_DAY'], max_length=20)),
                ('count', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('until', models.DateField(blank=True, null=True)),
                ('first_date', models.DateField(help_text='Where the rule begins to count')),
                ('begins_on', models.DateField(help_text='The first date of the rule that is of this series')),
                ('ends_on', models.DateField(blank=True, help_text='The last one, when cut short', null=True)),
                ('start_time', models.TimeField(help_text='On the wall clock of the location')),
                ('time_zone', timezone_field.fields.TimeZoneField()),
                ('booked_until', models.DateField(help_text='Dates up to this one are booked or left out')),
                ('left_out', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('continues', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='continued_by', to='scheduling.series')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='customers.customer')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='scheduling.location')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='scheduling.service')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='scheduling.staff')),
            ],
            options={
                'verbose_name_plural': 'series',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='HistoricalSeries',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('number', models.BigIntegerField(db_index=True, editable=False)),
                ('status', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], default='active', max_length=8)),
                ('unit', models.CharField(choices=[(scheduling.recurrence.Unit['DAY'], 'Day'), (scheduling.recurrence.Unit['WEEK'], 'Week'), (scheduling.recurrence.Unit['MONTH'], 'Month'), (scheduling.recurrence.Unit['YEAR'], 'Year')], max_length=8)),
                ('interval', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)])),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                ('monthly', models.CharField(choices=[(scheduling.recurrence.Monthly['SAME_DAY'], 'same day'), (scheduling.recurrence.Monthly['SAME_OR_LAST_DAY'], 'same or last day'), (scheduling.recurrence.Monthly['SAME_WEEKDAY'], 'same weekday'), (scheduling.recurrence.Monthly['LAST_WEEKDAY'], 'last weekday')], default=scheduling.recurrence.Monthly['SAME_DAY'], max_length=20)),
                ('count', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('until', models.DateField(blank=True, null=True)),
                ('first_date', models.DateField(help_text='Where the rule begins to count')),
                ('begins_on', models.DateField(help_text='The first date of the rule that is of this series')),
                ('ends_on', models.DateField(blank=True, help_text='The last one, when cut short', null=True)),
                ('start_time', models.TimeField(help_text='On the wall clock of the location')),
                ('time_zone', timezone_field.fields.TimeZoneField()),
                ('booked_until', models.DateField(help_text='Dates up to this one are booked or left out')),
                ('left_out', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
                ('service', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.service')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
                ('continues', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.series')),
            ],
            options={
                'verbose_name': 'historical series',
                'verbose_name_plural': 'historical series',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='appointment',
            name='series',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='scheduling.series'),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='series',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.series'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('series__isnull', False)), fields=['series', 'occurs_on'], name='appointment_by_series'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'canceled'), _negated=True), fields=('series', 'occurs_on'), name='one_visit_per_date_of_series'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('occurs_on', None), ('series', None)), models.Q(('occurs_on__isnull', False), ('series__isnull', False)), _connector='OR'), name='visit_of_series_says_its_date'),
        ),
        migrations.AddIndex(
            model_name='series',
            index=models.Index(fields=['status', 'booked_until'], name='series_to_extend'),
        ),
        migrations.AddIndex(
            model_name='series',
            index=models.Index(fields=['created_at', 'id'], name='series_by_age'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', django.db.models.expressions.CombinedExpression(models.F('begins_on'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='series_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('count', None), ('until', None), _connector='OR'), name='series_has_one_end'),
        ),
        *append_only("scheduling_historicalseries"),
        migrations.RunSQL(
            "CREATE SEQUENCE scheduling_series_number AS bigint",
            "DROP SEQUENCE scheduling_series_number",
        ),
    ]
