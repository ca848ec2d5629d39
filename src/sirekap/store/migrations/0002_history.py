"""History is only ever added to: the database refuses to change or delete it, whoever asks."""

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
SQLITE = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: rows are added, never changed or deleted'); END"""
POSTGRESQL_FUNCTION = """CREATE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is history: rows are added, never changed or deleted', TG_TABLE_NAME; END $$"""
POSTGRESQL = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()"""


def protect(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(POSTGRESQL_FUNCTION, params=None)  # its % is no placeholder
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            editor.execute((POSTGRESQL if postgresql else SQLITE).format(table=table, act=act))


def release(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            on = f" ON {table}" if postgresql else ""
            editor.execute(f"DROP TRIGGER {table}_no_{act}{on}")
    if postgresql:
        editor.execute("DROP FUNCTION store_refuse()")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]
    operations = [migrations.RunPython(protect, release)]
