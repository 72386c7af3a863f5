"""Statements and the ledger of payments are append-only, as the ledger of usage is."""

from django.db import migrations

TABLES = ("statement", "statement_item", "statement_paper", "ledger_line")


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_statements")]
    operations = [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
            """,
            f"DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_refuse();",
        )
        for table in TABLES
    ]
