"""Indexes by which duplicates are found: the local part of an address, and the street."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_identity"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(
                models.Func(
                    models.F("normalized"),
                    models.Value("@"),
                    models.Value(1),
                    function="split_part",
                    output_field=models.CharField(),
                ),
                condition=models.Q(("kind", "email")),
                name="contact_by_local_part",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                django.db.models.functions.text.Lower("street"),
                models.F("postal_code"),
                condition=models.Q(("street", ""), _negated=True),
                name="customer_by_address",
            ),
        ),
    ]
