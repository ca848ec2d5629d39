"""Plenaries: their acts, files, versions and papers; all of it only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0011_districts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plenary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=13)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest')),
            ],
        ),
        migrations.CreateModel(
            name='PlenaryAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('act', models.JSONField()),
                ('request', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('plenary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.plenary')),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session')),
            ],
        ),
        migrations.CreateModel(
            name='PlenaryFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.TextField()),
                ('kind', models.CharField(max_length=32)),
                ('size', models.PositiveBigIntegerField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('plenary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.plenary')),
            ],
        ),
        migrations.CreateModel(
            name='RecapVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('body', models.CharField(max_length=64)),
                ('figures', models.JSONField()),
                ('parts', models.JSONField()),
                ('corrections', models.JSONField()),
                ('missing', models.JSONField()),
                ('stations', models.PositiveIntegerField()),
                ('expected', models.PositiveIntegerField()),
                ('unknown_villages', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('plenary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.plenary')),
            ],
        ),
        migrations.CreateModel(
            name='MovedSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.CharField(max_length=13)),
                ('at', models.DateTimeField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.recapversion')),
            ],
        ),
        migrations.CreateModel(
            name='SignedCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('signer', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.recapversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.UniqueConstraint(fields=('contest', 'unit'), name='plenary_once'),
        ),
        migrations.AddConstraint(
            model_name='plenaryact',
            constraint=models.UniqueConstraint(fields=('plenary', 'number'), name='act_once'),
        ),
        migrations.AddConstraint(
            model_name='plenaryfile',
            constraint=models.UniqueConstraint(fields=('plenary', 'sha256'), name='plenary_file_once'),
        ),
        migrations.AddConstraint(
            model_name='recapversion',
            constraint=models.UniqueConstraint(fields=('plenary', 'version'), name='recap_version_once'),
        ),
        migrations.AddConstraint(
            model_name='movedsheet',
            constraint=models.UniqueConstraint(fields=('version', 'station'), name='moved_once'),
        ),
        migrations.AddConstraint(
            model_name='signedcertificate',
            constraint=models.UniqueConstraint(fields=('version', 'number'), name='paper_once'),
        ),
        only_added_to(
            "plenary", "plenaryact", "plenaryfile", "recapversion", "movedsheet", "signedcertificate"
        ),
    ]
