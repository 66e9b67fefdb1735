"""Expand: the waiting list."""

import django.contrib.postgres.fields
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
        ('scheduling', '0024_daily_limit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalWaitingEntry',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('first_date', models.DateField()),
                ('last_date', models.DateField()),
                ('earliest_time', models.TimeField(blank=True, help_text='On the wall clock of the location; empty: any', null=True)),
                ('latest_time', models.TimeField(blank=True, help_text='By which it begins; empty: any', null=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('offered', 'Offered'), ('booked', 'Booked'), ('left', 'Taken off'), ('expired', 'Over')], default='waiting', max_length=8)),
                ('is_open', models.BooleanField(default=True, editable=False, help_text='Waiting or offered')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('offered_start_at', models.DateTimeField(blank=True, null=True)),
                ('offered_until', models.DateTimeField(blank=True, null=True)),
                ('hold', models.UUIDField(blank=True, null=True)),
                ('passed_up', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, default=list, size=None)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('appointment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.appointment')),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.location')),
                ('offered_staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
                ('service', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.service')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: anybody', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'historical waiting entry',
                'verbose_name_plural': 'historical waiting entries',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='WaitingEntry',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('first_date', models.DateField()),
                ('last_date', models.DateField()),
                ('earliest_time', models.TimeField(blank=True, help_text='On the wall clock of the location; empty: any', null=True)),
                ('latest_time', models.TimeField(blank=True, help_text='By which it begins; empty: any', null=True)),
                ('note', models.CharField(blank=True, help_text='For staff', max_length=200)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('offered', 'Offered'), ('booked', 'Booked'), ('left', 'Taken off'), ('expired', 'Over')], default='waiting', max_length=8)),
                ('is_open', models.BooleanField(default=True, editable=False, help_text='Waiting or offered')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('offered_start_at', models.DateTimeField(blank=True, null=True)),
                ('offered_until', models.DateTimeField(blank=True, null=True)),
                ('hold', models.UUIDField(blank=True, null=True)),
                ('passed_up', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, default=list, size=None)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('appointment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='customers.customer')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='scheduling.location')),
                ('offered_staff', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.staff')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='scheduling.service')),
                ('staff', models.ForeignKey(blank=True, help_text='Empty: anybody', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='scheduling.staff')),
            ],
            options={
                'verbose_name': 'waiting entry',
                'verbose_name_plural': 'waiting entries',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('is_open', True)), fields=['queued_at', 'id'], name='waiting_in_order'), models.Index(fields=['created_at', 'id'], name='waiting_by_age')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('customer', 'service', 'location'), name='one_open_wish_per_customer'), models.CheckConstraint(condition=models.Q(models.Q(('is_open', True), ('status__in', ['waiting', 'offered'])), models.Q(('is_open', False), ('status__in', ['booked', 'left', 'expired'])), _connector='OR'), name='waiting_open_as_its_status'), models.CheckConstraint(condition=models.Q(models.Q(('hold__isnull', False), ('offered_staff__isnull', False), ('offered_start_at__isnull', False), ('offered_until__isnull', False), ('status', 'offered')), models.Q(models.Q(('status', 'offered'), _negated=True), ('hold', None), ('offered_until', None)), _connector='OR'), name='waiting_offer_is_whole'), models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='waiting_days_run_forward'), models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', False), ('status', 'booked')), models.Q(models.Q(('status', 'booked'), _negated=True), ('appointment', None)), _connector='OR'), name='waiting_booked_has_appointment')],
            },
        ),
        *append_only("scheduling_historicalwaitingentry"),
    ]
