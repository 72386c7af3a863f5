"""Notices of the court in several languages, and its own guides to the move."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transition", "0008_courtprofile_summaries_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="courtnotice",
            name="translations",
            field=models.JSONField(default=dict, help_text='{"es": {"title": "…", "text": "…"}}'),
        ),
        migrations.AddField(
            model_name="courtprofile",
            name="nextgen_links",
            field=models.JSONField(
                default=list, help_text="what the court itself wrote about the move: label and url"
            ),
        ),
    ]
