from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Func

IN_SMALL_LETTERS = Func("taken", template='lower(%(expressions)s COLLATE "default") COLLATE "C"')


class Migration(migrations.Migration):

    # So that nobody who writes waits for an index of a large table.
    atomic = False

    dependencies = [
        ('sync', '0008_damage_told'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(
                models.F('folder'), models.F('parent'), IN_SMALL_LETTERS, models.F('taken'),
                condition=models.Q(('kind', 'folder'), ('taken__isnull', False)),
                name='journal_page_of_folders',
            ),
        ),
        AddIndexConcurrently(
            model_name='journalentry',
            index=models.Index(
                models.F('folder'), models.F('parent'), IN_SMALL_LETTERS, models.F('taken'),
                condition=models.Q(('taken__isnull', False), models.Q(('kind', 'folder'), _negated=True)),
                name='journal_page_of_files',
            ),
        ),
    ]
