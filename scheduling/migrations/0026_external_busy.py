"""Expand: when people are busy in calendars outside, and what that does to stale times."""


import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0025_waiting_list'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicallocation',
            name='stale_calendars',
            field=models.CharField(choices=[('unconfirmed', 'Offer them, and say that they are not confirmed'), ('hidden', 'Do not offer them')], db_default='unconfirmed', default='unconfirmed', help_text='Times of whoever has a calendar outside that was not read for long', max_length=12),
        ),
        migrations.AddField(
            model_name='location',
            name='stale_calendars',
            field=models.CharField(choices=[('unconfirmed', 'Offer them, and say that they are not confirmed'), ('hidden', 'Do not offer them')], db_default='unconfirmed', default='unconfirmed', help_text='Times of whoever has a calendar outside that was not read for long', max_length=12),
        ),
        migrations.CreateModel(
            name='ExternalCalendar',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=64)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('known_until', models.DateTimeField(blank=True, null=True)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_calendars', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ExternalBusy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('item', models.CharField(max_length=64)),
                ('span', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('seen_in', models.UUIDField(blank=True, null=True)),
                ('calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='busy', to='scheduling.externalcalendar')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='externalcalendar',
            index=models.Index(fields=['source'], name='external_calendar_by_source'),
        ),
        migrations.AddConstraint(
            model_name='externalcalendar',
            constraint=models.UniqueConstraint(fields=('staff', 'source'), name='one_external_calendar_per_person_and_source'),
        ),
        migrations.AddIndex(
            model_name='externalbusy',
            index=models.Index(fields=['calendar', 'item'], name='external_busy_by_item'),
        ),
        migrations.AddIndex(
            model_name='externalbusy',
            index=django.contrib.postgres.indexes.GistIndex(fields=['calendar', 'span'], name='external_busy_by_time'),
        ),
        migrations.AddConstraint(
            model_name='externalbusy',
            constraint=models.CheckConstraint(condition=models.Q(('span__isempty', False)), name='external_busy_takes_some_time'),
        ),
    ]
