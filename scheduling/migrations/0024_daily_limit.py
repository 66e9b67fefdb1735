"""Expand: how often one person does a service on a day at most."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0023_approval'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalservice',
            name='daily_limit',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often one person does it on a day at most; 0: as often as there is time'),
        ),
        migrations.AddField(
            model_name='historicalserviceatlocation',
            name='daily_limit',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='service',
            name='daily_limit',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often one person does it on a day at most; 0: as often as there is time'),
        ),
        migrations.AddField(
            model_name='serviceatlocation',
            name='daily_limit',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
