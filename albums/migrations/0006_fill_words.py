"""Words for the items that are there already, some at a time. Doing it again is harmless."""

from django.db import migrations

from albums.search import words

AT_ONCE = 1000


def fill(apps, schema_editor):
    database = schema_editor.connection.alias
    Item = apps.get_model("albums", "Item")
    ItemWords = apps.get_model("albums", "ItemWords")
    items = Item.objects.using(database).select_related("blob__media_info").order_by("pk")
    found = list(items[:AT_ONCE])
    while found:
        ItemWords.objects.using(database).bulk_create(
            [ItemWords(item=item, said=words.said(item.owner_id, texts(item))) for item in found],
            ignore_conflicts=True,
        )
        found = list(items.filter(pk__gt=found[-1].pk)[:AT_ONCE])


def texts(item):
    info = getattr(item.blob, "media_info", None)
    camera = [info.camera, info.lens] if info else []
    return [item.name, item.place, *camera, *item.keywords, item.description]


class Migration(migrations.Migration):
    # Each batch by itself, so that no row is locked for long.
    atomic = False

    dependencies = [
        ("albums", "0005_words"),
        ("processing", "0011_one_way_to_play"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
