"""PostgreSQL empties a table without deleting rows; history refuses that too."""

from django.db import migrations

TABLES = (
    "store_photo",
    "store_photoreading",
    "store_assignment",
    "store_sheetversion",
    "store_acknowledgement",
    "store_setaside",
    "store_event",
)


def protect(apps, editor):
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(
                f"CREATE TRIGGER {table}_no_TRUNCATE BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()"
            )


def release(apps, editor):
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP TRIGGER {table}_no_TRUNCATE ON {table}")


class Migration(migrations.Migration):
    dependencies = [("store", "0003_why")]
    operations = [migrations.RunPython(protect, release)]
