"""Where seats are won and who stands there: electoral districts with their units, parties, candidates."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0010_twins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Party',
            fields=[
                ('number', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('given_id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('colour', models.CharField(max_length=7)),
                ('aceh', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ElectoralDistrict',
            fields=[
                ('code', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('seats', models.PositiveSmallIntegerField(null=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.CharField(max_length=8)),
                ('party', models.PositiveSmallIntegerField(null=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('name', models.TextField()),
                ('woman', models.BooleanField(null=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest')),
            ],
            options={
                'indexes': [models.Index(fields=['contest', 'district', 'party', 'number'], name='candidate_of')],
            },
        ),
        migrations.CreateModel(
            name='ElectoralUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=13)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='store.electoraldistrict')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('district', 'unit'), name='district_unit_once')],
            },
        ),
    ]
