"""Expand: files of appointments from an older system, and what became of them."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_imported_customers_wait'),
        ('hub', '0005_fewer_indexes'),
        ('scheduling', '0015_self_service'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalMovingIn',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('sha256', models.CharField(max_length=64)),
                ('file_name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('table', 'Table'), ('calendar', 'Calendar')], max_length=8)),
                ('system', models.CharField(blank=True, max_length=64)),
                ('headings', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('with_reminders', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('uploaded', 'Columns to be chosen'), ('checking', 'Being checked'), ('checked', 'Checked'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('canceled', 'Canceled')], default='uploaded', max_length=12)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('total', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('taking_back', models.CharField(blank=True, choices=[('running', 'Being taken back'), ('done', 'Taken back')], max_length=8)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hub.storedfile')),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical file of appointments',
                'verbose_name_plural': 'historical files of appointments',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MovingIn',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('file_name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('table', 'Table'), ('calendar', 'Calendar')], max_length=8)),
                ('system', models.CharField(blank=True, max_length=64)),
                ('headings', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('names', models.JSONField(default=dict)),
                ('with_reminders', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('uploaded', 'Columns to be chosen'), ('checking', 'Being checked'), ('checked', 'Checked'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('canceled', 'Canceled')], default='uploaded', max_length=12)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('total', models.PositiveIntegerField(default=0)),
                ('position', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('moved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('file_due_at', models.DateTimeField(help_text='Somebody in it was erased.', null=True)),
                ('taking_back', models.CharField(blank=True, choices=[('running', 'Being taken back'), ('done', 'Taken back')], max_length=8)),
                ('taken_back_until', models.BigIntegerField(default=0, help_text='The last id looked at.')),
                ('version', models.PositiveIntegerField(default=1)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.storedfile')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'file of appointments',
                'verbose_name_plural': 'files of appointments',
                'permissions': [('import_appointment', 'Move appointments in from a file')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MovedIn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('system', models.CharField(max_length=64)),
                ('old_id', models.CharField(max_length=255)),
                ('occurrence', models.CharField(blank=True, max_length=40)),
                ('number', models.PositiveIntegerField(help_text='Of its row.')),
                ('version', models.PositiveIntegerField()),
                ('appointment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_in', to='scheduling.appointment')),
                ('series', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_in', to='scheduling.series')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moved', to='scheduling.movingin')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MovingInChoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('text', models.CharField(help_text='Folded.', max_length=120)),
                ('choice', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('kind', 'text'), name='moving_in_choice_once')],
            },
        ),
        migrations.CreateModel(
            name='MovingInRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(help_text='Of a table as a spreadsheet counts.')),
                ('outcome', models.CharField(choices=[('booked', 'Booked'), ('noted', 'Noted as past'), ('review', 'With a question'), ('known', 'Already here'), ('conflict', 'Conflict'), ('rejected', 'Rejected'), ('taken_back', 'Taken back')], max_length=12)),
                ('reasons', models.JSONField(default=list)),
                ('shown', models.CharField(blank=True, max_length=200)),
                ('appointment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.appointment')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.customer')),
                ('of', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='scheduling.movingin')),
                ('series', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduling.series')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='movingin',
            index=models.Index(fields=['-created_at'], name='moving_in_by_age'),
        ),
        migrations.AddIndex(
            model_name='movingin',
            index=models.Index(condition=models.Q(('state__in', ['checking', 'running'])), fields=['moved_at'], name='moving_in_under_way'),
        ),
        migrations.AddConstraint(
            model_name='movingin',
            constraint=models.CheckConstraint(condition=models.Q(('position__lte', models.F('total'))), name='moving_in_within_its_file'),
        ),
        migrations.AddConstraint(
            model_name='movedin',
            constraint=models.UniqueConstraint(fields=('system', 'old_id', 'occurrence'), name='moved_in_once'),
        ),
        migrations.AddConstraint(
            model_name='movedin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment', None), ('series__isnull', False)), models.Q(('appointment__isnull', False), ('series', None)), _connector='OR'), name='moved_in_as_one_thing'),
        ),
        migrations.AddIndex(
            model_name='movinginrow',
            index=models.Index(fields=['of', 'outcome', 'number'], name='moving_in_row_by_outcome'),
        ),
        migrations.AddConstraint(
            model_name='movinginrow',
            constraint=models.UniqueConstraint(fields=('of', 'number'), name='moving_in_row_once'),
        ),
        *append_only("scheduling_historicalmovingin"),
    ]
