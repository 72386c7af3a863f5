from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transition", "0003_document_serial")]

    operations = [
        migrations.AddField(
            model_name="courtprofile",
            name="terminal_networks",
            field=ArrayField(
                base_field=models.CharField(max_length=50),
                blank=True,
                default=list,
                help_text="of the public terminals at the courthouse",
                size=None,
            ),
        ),
    ]
