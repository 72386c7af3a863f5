"""Account numbers have seven digits and come from a sequence: two people registering at once get two numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_draft_knowndevice_mailedlink_strangerfailures_and_more")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE account_number MINVALUE 1000000 MAXVALUE 9999999 START 7200001",
            "DROP SEQUENCE account_number",
        )
    ]
