import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('processing', '0005_desk'),
        ('storage', '0002_clearing_and_doom'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ladder',
            fields=[
                ('blob', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ladder', serialize=False, to='storage.blob')),
                ('version', models.PositiveSmallIntegerField()),
                ('plan', models.JSONField(help_text='processing.recipes.ladder.Plan')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
    ]
