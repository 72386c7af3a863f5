"""Whether a file was imported already is asked for each file of an import."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_alter_case_version")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("source_hash", ""), _negated=True), fields=["source_hash"], name="case_source"
            ),
        ),
    ]
