"""Expand: how customers reach a location, and when they confirmed an appointment."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0014_needs'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='confirmed_by_customer_at',
            field=models.DateTimeField(blank=True, help_text='The customer said that they come at this time', null=True),
        ),
        migrations.AddField(
            model_name='historicalappointment',
            name='confirmed_by_customer_at',
            field=models.DateTimeField(blank=True, help_text='The customer said that they come at this time', null=True),
        ),
        migrations.AddField(
            model_name='historicallocation',
            name='email',
            field=models.EmailField(blank=True, db_default='', default='', help_text='By which customers reach it', max_length=254),
        ),
        migrations.AddField(
            model_name='historicallocation',
            name='phone',
            field=models.CharField(blank=True, db_default='', default='', help_text='By which customers reach it', max_length=40),
        ),
        migrations.AddField(
            model_name='location',
            name='email',
            field=models.EmailField(blank=True, db_default='', default='', help_text='By which customers reach it', max_length=254),
        ),
        migrations.AddField(
            model_name='location',
            name='phone',
            field=models.CharField(blank=True, db_default='', default='', help_text='By which customers reach it', max_length=40),
        ),
    ]
