"""Near-duplicates: what photographs look like, the numbers of pages, pairs; all of it only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0009_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bits', models.CharField(max_length=64)),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.photo')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LikenessBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('band', models.PositiveSmallIntegerField()),
                ('value', models.PositiveIntegerField()),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.photo')),
            ],
            options={
                'indexes': [models.Index(fields=['band', 'value'], name='band_value')],
            },
        ),
        migrations.CreateModel(
            name='PageFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.photo')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.sheetversion')),
            ],
            options={
                'indexes': [models.Index(fields=['digest'], name='figures_digest')],
                'constraints': [models.UniqueConstraint(fields=('version', 'page'), name='figures_once')],
            },
        ),
        migrations.CreateModel(
            name='Twin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('station_one', models.CharField(max_length=13)),
                ('station_two', models.CharField(max_length=13)),
                ('page', models.PositiveSmallIntegerField(null=True)),
                ('distance', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.contest')),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.photo')),
                ('two', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.photo')),
            ],
            options={
                'indexes': [models.Index(fields=['contest', 'station_one'], name='twin_one'), models.Index(fields=['contest', 'station_two'], name='twin_two')],
                'constraints': [models.UniqueConstraint(fields=('contest', 'kind', 'one', 'two'), name='twin_once')],
            },
        ),
        only_added_to("likeness", "likenessband", "pagefigures", "twin"),
    ]
