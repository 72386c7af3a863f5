"""The database itself refuses to change or remove an audit line, whatever code asks for it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_line_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit lines are never changed or removed' USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER audit_line_is_for_ever BEFORE UPDATE OR DELETE ON audit_line
  FOR EACH STATEMENT EXECUTE FUNCTION audit_line_is_for_ever();
"""
UNGUARD = """
DROP TRIGGER audit_line_is_for_ever ON audit_line;
DROP FUNCTION audit_line_is_for_ever();
"""


class Migration(migrations.Migration):

    dependencies = [("platform_audit", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
