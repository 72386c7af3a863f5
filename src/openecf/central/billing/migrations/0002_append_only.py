"""The ledger is append-only: the database refuses to change or delete a line."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION usage_line_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'usage_line is append-only'; END $$;
            CREATE TRIGGER usage_line_append_only BEFORE UPDATE OR DELETE ON usage_line
            FOR EACH ROW EXECUTE FUNCTION usage_line_refuse();
            """,
            "DROP TRIGGER usage_line_append_only ON usage_line; DROP FUNCTION usage_line_refuse();",
        )
    ]
