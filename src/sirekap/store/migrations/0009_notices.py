"""Notices, how far people have seen them, digests by e-mail, webhooks and calls of them."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0008_boards'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeCursor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('last', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=13)),
                ('kinds', models.JSONField()),
                ('url', models.TextField()),
                ('secret', models.TextField()),
                ('added_by', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MailWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.TextField()),
                ('how', models.CharField(max_length=8)),
                ('language', models.CharField(max_length=2)),
                ('last', models.BigIntegerField()),
                ('due', models.DateTimeField()),
                ('problem', models.TextField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('contest', models.CharField(max_length=16)),
                ('station', models.CharField(max_length=13)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.account')),
                ('claim', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.deskclaim')),
            ],
        ),
        migrations.CreateModel(
            name='NoticeSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WebhookCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('due', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('outcome', models.CharField(default='', max_length=8)),
                ('problem', models.TextField(default='')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.notice')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.webhook')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('removed_by', models.TextField()),
                ('at', models.DateTimeField()),
                ('webhook', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='store.webhook')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(max_length=120, unique=True)),
                ('subject', models.TextField()),
                ('text', models.TextField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('due', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('outcome', models.CharField(default='', max_length=8)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'indexes': [models.Index(fields=['outcome', 'due'], name='digest_due')],
            },
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['kind', 'station', 'id'], name='notice_for_people'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('account__isnull', False)), fields=['account'], name='notice_of_account'),
        ),
        migrations.AddIndex(
            model_name='webhookcall',
            index=models.Index(fields=['webhook', 'outcome', 'due'], name='call_due'),
        ),
        migrations.AddConstraint(
            model_name='webhookcall',
            constraint=models.UniqueConstraint(fields=('webhook', 'notice'), name='called_once_a_notice'),
        ),
        only_added_to("notice", "webhook", "webhookend"),
    ]
