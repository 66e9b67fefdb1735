"""The own words of messages to customers."""

import django.db.models.deletion
import django.utils.timezone
import hub.identifiers
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from hub.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0021_marks_of_appointments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalMessageTemplate',
            fields=[
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.CharField(max_length=64)),
                ('actor_name', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=16)),
                ('request_id', models.CharField(max_length=64)),
                ('salt', models.BinaryField(null=True)),
                ('row_sha', models.BinaryField()),
                ('id', models.UUIDField(db_index=True, default=hub.identifiers.uuid7, editable=False)),
                ('kind', models.CharField(choices=[('booked', 'Confirmation'), ('moved', 'New time'), ('canceled', 'Cancellation'), ('reminder', 'Reminder')], max_length=8)),
                ('language', models.CharField(max_length=8)),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('text', models.TextField(blank=True, max_length=4000)),
                ('placement', models.CharField(choices=[('instead', 'Instead of the usual greeting and first sentence'), ('below', 'Below the usual greeting and first sentence')], default='instead', max_length=7, verbose_name='text')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='scheduling.service')),
            ],
            options={
                'verbose_name': 'historical message template',
                'verbose_name_plural': 'historical message templates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.UUIDField(default=hub.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('booked', 'Confirmation'), ('moved', 'New time'), ('canceled', 'Cancellation'), ('reminder', 'Reminder')], max_length=8)),
                ('language', models.CharField(max_length=8)),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('text', models.TextField(blank=True, max_length=4000)),
                ('placement', models.CharField(choices=[('instead', 'Instead of the usual greeting and first sentence'), ('below', 'Below the usual greeting and first sentence')], default='instead', max_length=7, verbose_name='text')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='message_templates', to='scheduling.service')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'service'), name='one_template_per_message', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('subject', ''), ('text', ''), _negated=True), name='message_template_says_something'), models.CheckConstraint(condition=models.Q(('subject__regex', '[\\x01-\\x1f\\x7f]'), _negated=True), name='message_subject_is_one_line')],
            },
        ),
        *append_only("scheduling_historicalmessagetemplate"),
    ]
