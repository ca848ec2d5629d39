"""What each figure rests on is kept beside it. Nullable: rows of before cannot be changed any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_history")]
    operations = [migrations.AddField("sheetversion", "why", models.JSONField(null=True))]
