"""Expand: weeks of hours, special hours, time off, closures, and who may set them."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import scheduling.hours
import scheduling.models.hours
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0005_weeks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='appointment',
            options={'default_permissions': (), 'permissions': [('view_calendar', 'See all appointments'), ('view_own_calendar', "See one's own appointments"), ('book_appointment', 'Book, move, cancel and complete for anybody'), ('book_own_appointment', "Book, move, cancel and complete one's own"), ('override_booking_limits', 'Book outside working hours and notice, with a reason'), ('see_prices', 'See prices of services'), ('set_up_schedule', 'Set up locations, staff, rooms and services')]},
        ),
        migrations.CreateModel(
            name='HistoricalClosure',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('first_date', models.DateField(verbose_name='first day')),
                ('last_date', models.DateField(help_text='Closed on it too', verbose_name='last day')),
                ('hours', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours, help_text='Closed in these hours of each day; none: all day')),
                ('name', models.CharField(help_text='Such as “Christmas”', max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
            ],
            options={
                'verbose_name': 'historical closure',
                'verbose_name_plural': 'historical closures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSpecialHours',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('work_date', models.DateField(verbose_name='day')),
                ('hours', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'historical special hours',
                'verbose_name_plural': 'historical special hourss',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalTimeOff',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, help_text='Only those who plan the rota see it', max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'historical time off',
                'verbose_name_plural': 'historical time offs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalWorkingHours',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('monday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('tuesday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('wednesday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('thursday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('friday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('saturday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('sunday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'historical working hours',
                'verbose_name_plural': 'historical working hourss',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('first_date', models.DateField(verbose_name='first day')),
                ('last_date', models.DateField(help_text='Closed on it too', verbose_name='last day')),
                ('hours', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours, help_text='Closed in these hours of each day; none: all day')),
                ('name', models.CharField(help_text='Such as “Christmas”', max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='scheduling.location')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['location', 'first_date'], name='closure_by_location')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='closure_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='SpecialHours',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('work_date', models.DateField(verbose_name='day')),
                ('hours', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='special_hours', to='scheduling.location')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='special_hours', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('staff', 'work_date'), name='one_set_of_special_hours_per_day')],
            },
        ),
        migrations.CreateModel(
            name='TimeOff',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, help_text='Only those who plan the rota see it', max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='time_off', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['staff', 'start_at'], name='time_off_by_staff')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='time_off_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('monday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('tuesday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('wednesday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('thursday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('friday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('saturday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('sunday', scheduling.models.hours.HoursField(blank=True, default=scheduling.hours.Hours)),
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='working_hours', to='scheduling.location')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='working_hours', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('staff', 'location'), name='one_week_per_person_and_location')],
            },
        ),
        *append_only(
            "scheduling_historicalclosure",
            "scheduling_historicalspecialhours",
            "scheduling_historicaltimeoff",
            "scheduling_historicalworkinghours",
        ),
    ]
