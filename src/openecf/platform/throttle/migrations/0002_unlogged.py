"""Counters of failures need not survive a crash, and then cost no write-ahead log."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("platform_throttle", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE throttle_counter SET UNLOGGED", "ALTER TABLE throttle_counter SET LOGGED"
        )
    ]
