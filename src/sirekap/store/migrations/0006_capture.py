"""Capture: deliveries, their results, confirmations, copies; all but a worker's claim is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = tuple(
    f"store_{name}"
    for name in ("delivery", "deliveryresult", "confirmation", "copy", "copyassignment", "copyversion")
)
SQLITE = """CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: rows are added, never changed or deleted'); END"""
POSTGRESQL = """CREATE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()"""


def triggers(postgresql):
    """Name, table and act of every trigger."""
    for table in TABLES:
        for act in ("UPDATE", "DELETE", *(("TRUNCATE",) if postgresql else ())):
            yield f"{table}_no_{act}", table, act


def protect(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, table, act in triggers(postgresql):
        editor.execute((POSTGRESQL if postgresql else SQLITE).format(name=name, table=table, act=act))


def renew(apps, editor):
    """SQLite makes the table of acknowledgements anew to loosen it, and its triggers are gone with the old one."""
    if editor.connection.vendor != "postgresql":
        for act in ("UPDATE", "DELETE"):
            table = "store_acknowledgement"
            editor.execute(SQLITE.format(name=f"{table}_no_{act}", table=table, act=act))


def release(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, table, _ in triggers(postgresql):
        editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0005_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.UUIDField(unique=True)),
                ('station', models.CharField(max_length=13)),
                ('figures', models.JSONField()),
                ('machine', models.JSONField()),
                ('corrections', models.JSONField()),
                ('insisted', models.JSONField()),
                ('marked', models.JSONField()),
                ('answer', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.CharField(max_length=13)),
            ],
        ),
        migrations.CreateModel(
            name='CopyAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('published', models.CharField(max_length=64)),
                ('form', models.CharField(max_length=64)),
                ('reader', models.CharField(max_length=64)),
                ('page', models.PositiveSmallIntegerField(null=True)),
                ('problem', models.TextField(null=True)),
                ('reading', models.JSONField()),
                ('cuts', models.JSONField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CopyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('form', models.CharField(max_length=64)),
                ('photos', models.JSONField()),
                ('pages', models.JSONField()),
                ('figures', models.JSONField()),
                ('findings', models.JSONField()),
                ('used', models.JSONField()),
                ('beside', models.JSONField()),
                ('problems', models.JSONField()),
                ('uncertain', models.JSONField()),
                ('why', models.JSONField(null=True)),
                ('reader', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.CharField(max_length=13)),
                ('sha256', models.CharField(max_length=64)),
                ('source', models.CharField(max_length=8)),
                ('owner', models.CharField(max_length=40)),
                ('size', models.PositiveBigIntegerField()),
                ('page', models.PositiveSmallIntegerField(null=True)),
                ('form', models.CharField(max_length=64, null=True)),
                ('name', models.TextField()),
                ('receipt', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeliveryClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('worker', models.CharField(max_length=64)),
                ('until', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DeliveryResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=8)),
                ('problem', models.JSONField(null=True)),
                ('remarks', models.JSONField()),
                ('seconds', models.FloatField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='acknowledgement',
            name='acknowledged_once',
        ),
        migrations.AddField(
            model_name='confirmation',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.sheetversion'),
        ),
        migrations.AddField(
            model_name='copy',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='copy',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddField(
            model_name='copyassignment',
            name='copy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.copy'),
        ),
        migrations.AddField(
            model_name='copyversion',
            name='copy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.copy'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='copyassignment',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.delivery'),
        ),
        migrations.AddField(
            model_name='deliveryclaim',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='store.delivery'),
        ),
        migrations.AddField(
            model_name='deliveryresult',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='store.delivery'),
        ),
        migrations.AddIndex(
            model_name='confirmation',
            index=models.Index(fields=['contest', 'station'], name='confirmation_of_sheet'),
        ),
        migrations.AddConstraint(
            model_name='copy',
            constraint=models.UniqueConstraint(fields=('contest', 'station', 'account'), name='copy_once_an_account'),
        ),
        migrations.AddConstraint(
            model_name='copyversion',
            constraint=models.UniqueConstraint(fields=('copy', 'version'), name='copy_version_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('contest', 'station', 'sha256', 'source', 'owner'), name='delivered_once'),
        ),
        migrations.AddConstraint(
            model_name='copyassignment',
            constraint=models.UniqueConstraint(fields=('copy', 'sha256'), name='copied_once'),
        ),
        migrations.RunPython(protect, release),
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
