from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("platform_payments", "0002_reference"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_one_open",
        ),
        migrations.AddField(
            model_name="payment",
            name="behalf",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="for whom, as the room knows it; empty: the payer",
                max_length=60,
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("payer", "purpose", "behalf"), name="payment_one_open"
            ),
        ),
    ]
