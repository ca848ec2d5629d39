"""Reruns of sheets, and who saw figures since one; all of it only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0013_mail_addresses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rerun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('ground', models.TextField()),
                ('by', models.TextField()),
                ('request', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('last_version', models.PositiveIntegerField()),
                ('last_assignment', models.BigIntegerField()),
                ('last_confirmation', models.BigIntegerField()),
                ('last_delivery', models.BigIntegerField()),
                ('last_copy', models.BigIntegerField()),
                ('last_aside', models.BigIntegerField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.session')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'number'), name='rerun_once')],
            },
        ),
        migrations.CreateModel(
            name='SeenSince',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('rerun', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.rerun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rerun', 'account'), name='seen_since_once')],
            },
        ),
        only_added_to("rerun", "seensince"),
    ]
