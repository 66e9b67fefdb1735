"""Expand: services that are booked by request, and its two messages."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0022_message_templates'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalservice',
            name='needs_approval',
            field=models.BooleanField(db_default=False, default=False, help_text='What customers and tools book is a request until somebody accepts it'),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='needs_approval',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='service',
            name='needs_approval',
            field=models.BooleanField(db_default=False, default=False, help_text='What customers and tools book is a request until somebody accepts it'),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='needs_approval',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='historicalmessagetemplate',
            name='kind',
            field=models.CharField(choices=[('booked', 'Confirmation'), ('moved', 'New time'), ('canceled', 'Cancellation'), ('reminder', 'Reminder'), ('request', 'Request received'), ('declined', 'Request declined')], max_length=8),
        ),
        migrations.AlterField(
            model_name='messagetemplate',
            name='kind',
            field=models.CharField(choices=[('booked', 'Confirmation'), ('moved', 'New time'), ('canceled', 'Cancellation'), ('reminder', 'Reminder'), ('request', 'Request received'), ('declined', 'Request declined')], max_length=8),
        ),
    ]
