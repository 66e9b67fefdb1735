"""Add counts of what is asked for without signing in, one row for each visitor and window."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hub', '0005_fewer_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestCount',
            fields=[
                ('bucket', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['ends_at'], name='request_count_by_end')],
            },
        ),
    ]
