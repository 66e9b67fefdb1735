"""Expand: secret addresses under which calendars read appointments."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('hub', '0005_fewer_indexes'),
        ('scheduling', '0011_series'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalCalendarFeed',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('name', models.CharField(blank=True, help_text='Where it is read', max_length=60)),
                ('details', models.CharField(choices=[('names', 'Services and customers’ names'), ('busy', 'Busy only')], max_length=8, verbose_name='tells')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('renewed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='with the rights of')),
                ('owner_key', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hub.apikey', verbose_name='with the rights of the key')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'historical calendar feed',
                'verbose_name_plural': 'historical calendar feeds',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, help_text='Where it is read', max_length=60)),
                ('details', models.CharField(choices=[('names', 'Services and customers’ names'), ('busy', 'Busy only')], max_length=8, verbose_name='tells')),
                ('token_sha256', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('renewed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('last_read_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('location', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendar_feeds', to='scheduling.location')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendar_feeds', to=settings.AUTH_USER_MODEL, verbose_name='with the rights of')),
                ('owner_key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.apikey', verbose_name='with the rights of the key')),
                ('staff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendar_feeds', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('location', None), ('staff__isnull', False)), models.Q(('location__isnull', False), ('staff', None)), _connector='OR'), name='feed_of_a_person_or_a_location'), models.CheckConstraint(condition=models.Q(models.Q(('owner__isnull', False), ('owner_key', None)), models.Q(('owner', None), ('owner_key__isnull', False)), _connector='OR'), name='feed_has_one_owner')],
            },
        ),
        *append_only("scheduling_historicalcalendarfeed"),
    ]
