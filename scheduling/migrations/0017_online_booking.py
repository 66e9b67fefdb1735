"""Expand: a public booking page, switched on by location and by service."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0016_moving_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='OnlineBooking',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('contacts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='historicallocation',
            name='booking_slug',
            field=models.SlugField(blank=True, help_text='The address of that page', max_length=60, null=True),
        ),
        migrations.AddField(
            model_name='historicallocation',
            name='books_online',
            field=models.BooleanField(db_default=False, default=False, help_text='Customers book on a public page'),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='books_online',
            field=models.BooleanField(db_default=False, default=False, help_text='Customers book it on the public pages of locations'),
        ),
        migrations.AddField(
            model_name='location',
            name='booking_slug',
            field=models.SlugField(blank=True, help_text='The address of that page', max_length=60, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='location',
            name='books_online',
            field=models.BooleanField(db_default=False, default=False, help_text='Customers book on a public page'),
        ),
        migrations.AddField(
            model_name='service',
            name='books_online',
            field=models.BooleanField(db_default=False, default=False, help_text='Customers book it on the public pages of locations'),
        ),
        migrations.AddConstraint(
            model_name='location',
            constraint=models.CheckConstraint(condition=models.Q(('books_online', False), ('booking_slug__isnull', False), _connector='OR'), name='public_booking_page_has_an_address'),
        ),
        migrations.AddField(
            model_name='onlinebooking',
            name='appointment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='online_booking', to='scheduling.appointment'),
        ),
        migrations.AddIndex(
            model_name='onlinebooking',
            index=django.contrib.postgres.indexes.GinIndex(fields=['contacts'], name='online_booking_by_contact'),
        ),
    ]
