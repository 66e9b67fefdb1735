"""Drop indexes that repeat the beginning of another one, or that nobody reads."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hub.indexes import DropForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('syncs', '0003_erasing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        DropForeignKeyIndex(
            model_name='alias',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='syncs.connection'),
        ),
        DropForeignKeyIndex(
            model_name='attempt',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='syncs.connection'),
        ),
        DropForeignKeyIndex(
            model_name='attempt',
            name='job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='syncs.job'),
        ),
        DropForeignKeyIndex(
            model_name='fieldrule',
            name='connection',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='syncs.connection'),
        ),
        migrations.AlterField(
            model_name='historicalconflict',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalconnection',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        DropForeignKeyIndex(
            model_name='job',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='syncs.connection'),
        ),
        DropForeignKeyIndex(
            model_name='link',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='syncs.connection'),
        ),
        DropForeignKeyIndex(
            model_name='stream',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='streams', to='syncs.connection'),
        ),
    ]
