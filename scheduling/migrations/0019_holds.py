"""Expand: time that is held before there is an appointment, and two states that never were."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import timezone_field.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0018_customer_notes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='appointment',
            name='status',
            field=models.CharField(choices=[('requested', 'Requested'), ('booked', 'Booked'), ('completed', 'Completed'), ('no_show', 'No-show'), ('canceled', 'Canceled'), ('declined', 'Declined')], default='booked', max_length=12),
        ),
        migrations.AlterField(
            model_name='historicalappointment',
            name='status',
            field=models.CharField(choices=[('requested', 'Requested'), ('booked', 'Booked'), ('completed', 'Completed'), ('no_show', 'No-show'), ('canceled', 'Canceled'), ('declined', 'Declined')], default='booked', max_length=12),
        ),
        migrations.AlterField(
            model_name='occupancy',
            name='appointment',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='occupancies', to='scheduling.appointment'),
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('time_zone', timezone_field.fields.TimeZoneField()),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(default=0)),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(default=0)),
                ('holder', models.CharField(help_text='Kind and id of the principal that made it', max_length=80)),
                ('contact', models.CharField(blank=True, help_text='A keyed hash of the visitor of the booking page', max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scheduling.location')),
                ('service', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scheduling.service')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scheduling.staff')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='occupancy',
            name='hold',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='occupancies', to='scheduling.hold'),
        ),
        migrations.AddConstraint(
            model_name='occupancy',
            constraint=models.UniqueConstraint(condition=models.Q(('hold__isnull', False)), fields=('hold', 'subject'), name='one_occupancy_per_subject_of_hold'),
        ),
        migrations.AddConstraint(
            model_name='occupancy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment', None), ('hold__isnull', False)), models.Q(('appointment__isnull', False), ('hold', None)), _connector='OR'), name='occupancy_is_of_one_owner'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['expires_at'], name='hold_by_end'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['created_at', 'id'], name='hold_by_age'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='hold_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='hold_is_over_after_it_began'),
        ),
    ]
