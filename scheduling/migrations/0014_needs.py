"""Expand: several people, rooms and devices; ``needs`` stays for who still runs the old code."""

import django.core.validators
import django.db.models.deletion
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


NEEDS = models.CharField(max_length=12, blank=True, default="", db_default="")
FILL = """
    UPDATE scheduling_service SET rooms_needed = (needs = 'room')::int,
        equipment_needed = (needs = 'equipment')::int
    WHERE needs <> '';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0013_series_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='HistoricalAssignment',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical assignment',
                'verbose_name_plural': 'historical assignments',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='equipment_needed',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='rooms_needed',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='historicalservice',
            name='staff_needed',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='equipment_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='rooms_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='staff_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='service',
            name='equipment_needed',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='service',
            name='rooms_needed',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='service',
            name='staff_needed',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='equipment_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='rooms_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='staff_needed',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)]),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('equipment_needed__lte', 9), ('rooms_needed__lte', 9), ('staff_needed__range', (1, 9))), name='service_needs_sensible'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='appointment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='scheduling.appointment'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='resource',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='scheduling.resource'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='staff',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='scheduling.staff'),
        ),
        migrations.AddField(
            model_name='historicalassignment',
            name='appointment',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.appointment'),
        ),
        migrations.AddField(
            model_name='historicalassignment',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalassignment',
            name='resource',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.resource'),
        ),
        migrations.AddField(
            model_name='historicalassignment',
            name='staff',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('staff__isnull', False)), fields=['staff'], name='assignment_by_person'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('appointment', 'staff'), name='person_assigned_once_per_appointment'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('appointment', 'resource'), name='resource_assigned_once_per_appointment'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resource__isnull', False), ('staff', None)), models.Q(('resource', None), ('staff__isnull', False)), _connector='OR'), name='assignment_is_of_one_person_or_resource'),
        ),
        *(migrations.AlterField(model, "needs", NEEDS) for model in ("service", "historicalservice")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("service", "needs"),
                migrations.RemoveField("historicalservice", "needs"),
            ]
        ),
        *append_only("scheduling_historicalassignment"),
    ]
