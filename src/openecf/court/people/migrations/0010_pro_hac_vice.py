from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_filled_by_the_database"),
    ]

    operations = [
        migrations.AlterField(
            model_name="courtuser",
            name="group",
            field=models.CharField(
                choices=[
                    ("attorney", "Attorney"),
                    ("trustee", "Trustee"),
                    ("us-trustee", "U.S. Trustee"),
                    ("limited", "Limited filer"),
                    ("court-reporter", "Court reporter"),
                    ("auditor", "Auditor"),
                    ("pro-se", "Pro se filer"),
                    ("pro-hac-vice", "Attorney, pro hac vice"),
                    ("filing-agent", "Filing agent"),
                    ("clerk", "Clerk's office"),
                    ("judge", "Judge"),
                    ("chambers", "Chambers staff"),
                ],
                max_length=16,
            ),
        ),
    ]
