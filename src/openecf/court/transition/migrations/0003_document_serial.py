"""The counter of document numbers is a sequence now (``documents.0002``).

Its column is dropped, not kept: an older release that still ran would go on taking numbers from it, and each would
collide with one that the sequence gives. Without the column it refuses to file, with nothing half done, until it is
restarted.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_document_serial'),
        ('transition', '0002_the_move'),
    ]

    operations = [migrations.RemoveField(model_name='courtprofile', name='next_doc_serial')]
