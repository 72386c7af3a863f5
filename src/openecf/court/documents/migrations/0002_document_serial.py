"""Document numbers come from a sequence, which begins where the profile's counter stood.

The counter was one row that each filing held locked from its documents to its commit, so that all filings of a court
stood in one line. Numbers must be used once; they need not be without gaps (they had gaps before: a filing that came
to nothing). The column goes with ``transition.0003``.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE document_serial START 20000001;
SELECT setval('document_serial', next_doc_serial, false) FROM court_profile WHERE id = 1;
"""
BACK = """
UPDATE court_profile SET next_doc_serial = GREATEST(next_doc_serial, nextval('document_serial')) WHERE id = 1;
DROP SEQUENCE document_serial;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
        ('transition', '0002_the_move'),
    ]

    operations = [migrations.RunSQL(FORWARD, BACK)]
