"""What a check went to is append-only; what stands on a check is not changed, nor anything of one that was taken back."""

from django.db import migrations

FIXED = ("number", "cents", "dated", "drawer", "copy", "received_on", "entered_at", "entered_by")


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_checks")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION mailed_check_share_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'mailed_check_share is append-only'; END $$;
            CREATE TRIGGER mailed_check_share_append_only BEFORE UPDATE OR DELETE ON mailed_check_share
            FOR EACH ROW EXECUTE FUNCTION mailed_check_share_refuse();
            """,
            "DROP TRIGGER mailed_check_share_append_only ON mailed_check_share; DROP FUNCTION mailed_check_share_refuse();",
        ),
        migrations.RunSQL(
            f"""
            CREATE FUNCTION mailed_check_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'what stands on mailed_check is append-only'; END $$;
            CREATE TRIGGER mailed_check_no_delete BEFORE DELETE ON mailed_check
            FOR EACH ROW EXECUTE FUNCTION mailed_check_refuse();
            CREATE TRIGGER mailed_check_fixed BEFORE UPDATE ON mailed_check FOR EACH ROW
            WHEN (OLD.returned_at IS NOT NULL
                  OR ({", ".join(f"OLD.{name}" for name in FIXED)}) IS DISTINCT FROM
                     ({", ".join(f"NEW.{name}" for name in FIXED)}))
            EXECUTE FUNCTION mailed_check_refuse();
            """,
            "DROP TRIGGER mailed_check_no_delete ON mailed_check; DROP TRIGGER mailed_check_fixed ON mailed_check; "
            "DROP FUNCTION mailed_check_refuse();",
        ),
    ]
