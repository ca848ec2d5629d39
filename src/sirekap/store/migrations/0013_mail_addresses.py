"""Addresses for e-mail are confirmed by a code. Those that were named before have to be confirmed too."""

import django.db.models.deletion
from django.db import migrations, models

from sirekap.store.history import only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0012_plenaries'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='store.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'at'], name='mail_code_of_account'),
                    models.Index(fields=['target', 'at'], name='mail_code_to_address'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MailCodeUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='store.mailcode')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='mailwish',
            name='confirmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='digest',
            name='code',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.mailcode'),
        ),
        only_added_to("mailcode", "mailcodeuse"),
    ]
