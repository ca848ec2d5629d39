"""The review desk: claims, entries, decisions; and what boards and queues ask of a sheet."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_capture'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.UUIDField(unique=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DeskClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=8)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeskClaimEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(max_length=8)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DeskEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.UUIDField(unique=True)),
                ('round', models.PositiveSmallIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('figures', models.JSONField()),
                ('reason', models.TextField()),
                ('answer', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeskReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeskSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='sheet',
            name='answered',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sheet',
            name='causes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sheet',
            name='confirmed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sheet',
            name='read',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='sheet',
            name='since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='sheet',
            name='step',
            field=models.CharField(default='none', max_length=8),
        ),
        migrations.AddField(
            model_name='sheet',
            name='weight',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(fields=['contest', 'station', 'state', 'step', 'read', 'confirmed', 'answered'], name='sheet_for_boards'),
        ),
        migrations.AddIndex(
            model_name='sheet',
            index=models.Index(fields=['contest', 'step', 'station'], name='sheet_for_queue'),
        ),
        migrations.AddField(
            model_name='deskanswer',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='deskanswer',
            name='acknowledgement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='store.acknowledgement'),
        ),
        migrations.AddField(
            model_name='deskanswer',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='deskclaim',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='deskclaim',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='deskclaim',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheet'),
        ),
        migrations.AddField(
            model_name='deskclaim',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheetversion'),
        ),
        migrations.AddField(
            model_name='deskclaimend',
            name='claim',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='store.deskclaim'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='claim',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='store.deskclaim'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheet'),
        ),
        migrations.AddField(
            model_name='deskentry',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheetversion'),
        ),
        migrations.AddField(
            model_name='deskreturn',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='deskreturn',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session'),
        ),
        migrations.AddField(
            model_name='deskreturn',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheetversion'),
        ),
        migrations.AddField(
            model_name='deskseen',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account'),
        ),
        migrations.AddField(
            model_name='deskseen',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheet'),
        ),
        migrations.AddIndex(
            model_name='deskclaim',
            index=models.Index(fields=['sheet', 'until'], name='claim_of_sheet'),
        ),
        migrations.AddIndex(
            model_name='deskclaim',
            index=models.Index(fields=['account', 'until'], name='claim_of_account'),
        ),
        migrations.AddIndex(
            model_name='deskentry',
            index=models.Index(fields=['sheet'], name='entry_of_sheet'),
        ),
        migrations.AddConstraint(
            model_name='deskentry',
            constraint=models.UniqueConstraint(fields=('version', 'round', 'number'), name='entry_once'),
        ),
        migrations.AddConstraint(
            model_name='deskentry',
            constraint=models.UniqueConstraint(fields=('version', 'round', 'account'), name='one_entry_an_account'),
        ),
        migrations.AddConstraint(
            model_name='deskreturn',
            constraint=models.UniqueConstraint(fields=('version', 'round'), name='returned_once'),
        ),
        migrations.AddConstraint(
            model_name='deskseen',
            constraint=models.UniqueConstraint(fields=('sheet', 'account'), name='seen_once'),
        ),
        only_added_to("deskclaim", "deskclaimend", "deskentry", "deskreturn", "deskseen", "deskanswer"),
    ]
