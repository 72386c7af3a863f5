from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registration", "0008_filled_by_the_database"),
    ]

    operations = [
        migrations.AlterField(
            model_name="heldapproval",
            name="party",
            field=models.BigIntegerField(
                help_text="of the case in which somebody may file who files in single ones", null=True
            ),
        ),
    ]
