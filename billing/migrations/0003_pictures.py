import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guards"), ("hub", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DocumentPicture",
            fields=[
                (
                    "pdf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="hub.storedfile",
                    ),
                ),
                ("width", models.PositiveSmallIntegerField(help_text="pixels")),
                ("height", models.PositiveSmallIntegerField(help_text="pixels")),
                ("pages", models.PositiveSmallIntegerField(help_text="of the PDF")),
                (
                    "png",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hub.storedfile",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("status", "draft")),
                fields=["created_at", "id"],
                name="invoice_drafts_by_age",
            ),
        ),
    ]
