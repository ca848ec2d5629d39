"""Accounts, mandates, codes, sessions, attempts, second factors; all but the password is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = tuple(
    f"store_{name}"
    for name in (
        "givenmandate", "withdrawnmandate", "blocking", "activation", "activationuse", "session", "sessionend",
        "attempt", "totp", "totpuse", "totpend", "recoverycode", "recoveryuse",
    )
)
# A password may change, and nothing else of an account.
ACCOUNT = "UPDATE OF id, login, name, created_at, created_by", "DELETE"
SQLITE = """CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is history: rows are added, never changed or deleted'); END"""
POSTGRESQL = """CREATE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()"""


def triggers(postgresql):
    """Name, table and act of every trigger."""
    also = ("TRUNCATE",) if postgresql else ()
    for table, acts in (*((table, ("UPDATE", "DELETE")) for table in TABLES), ("store_account", ACCOUNT)):
        for act in (*acts, *also):
            yield f"{table}_no_{act.split()[0]}", table, act


def protect(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, table, act in triggers(postgresql):
        editor.execute((POSTGRESQL if postgresql else SQLITE).format(name=name, table=table, act=act))


def release(apps, editor):
    postgresql = editor.connection.vendor == "postgresql"
    for name, table, _ in triggers(postgresql):
        editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0004_truncate'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('login', models.CharField(max_length=40, unique=True)),
                ('name', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('created_by', models.TextField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Activation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('issued_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ActivationUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('activation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.activation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Blocking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('blocked', models.BooleanField()),
                ('done_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GivenMandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=16)),
                ('unit', models.CharField(db_index=True, max_length=13)),
                ('stands_for', models.TextField(null=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('given_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RecoveryUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.recoverycode')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('device', models.TextField()),
                ('two_factors', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SessionEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_by', models.TextField()),
                ('remote', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.session')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SessionSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.session')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Totp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='recoverycode',
            name='totp',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.totp'),
        ),
        migrations.CreateModel(
            name='TotpEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('totp', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.totp')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WithdrawnMandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('withdrawn_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('mandate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.givenmandate')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('address', models.CharField(max_length=45)),
                ('right', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session')),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'kind', 'at'], name='attempt_of_account'), models.Index(fields=['address', 'at'], name='attempt_of_address')],
            },
        ),
        migrations.CreateModel(
            name='TotpUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('totp', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.totp')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('totp', 'step'), name='totp_step_once')],
            },
        ),
        migrations.RunPython(protect, release),
    ]
