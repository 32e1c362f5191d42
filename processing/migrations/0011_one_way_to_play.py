"""Videos play as streams alone: whole MP4s of them are let go of, and what would make more.

Pages opened before still find the MP4s until their addresses end. Streams of videos that were
looked at by earlier versions are made by `processing.anew`.
"""

from django.db import migrations, models

LET_GO = """
INSERT INTO processing_leftover (key, replaced_at)
SELECT key, now() FROM processing_rendition WHERE role = 'video'
ON CONFLICT (key) DO UPDATE SET replaced_at = excluded.replaced_at;
DELETE FROM processing_rendition WHERE role = 'video';
DELETE FROM processing_job WHERE kind = 'transcode';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('processing', '0010_planned_pieces'),
    ]

    operations = [
        migrations.RunSQL(LET_GO, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('prepare', 'look at the file; pictures and poster'), ('motion', 'what moves in a photo, as a small film'), ('segment', 'a piece of video for streaming'), ('audio', 'sound for streaming'), ('previews', 'a moving preview of a video, and a sheet for seeking'), ('verify', 'compare every byte with what was declared'), ('strip', 'a copy of the original without its place'), ('archive', 'a ZIP of many originals'), ('film', 'a film of an album')], max_length=20),
        ),
        migrations.AlterField(
            model_name='rendition',
            name='recipe',
            field=models.CharField(help_text='As image-640 or hover.', max_length=40),
        ),
        migrations.AlterField(
            model_name='rendition',
            name='role',
            field=models.CharField(choices=[('image', 'picture or poster'), ('motion', 'the moving part of a photo'), ('preview', 'a few moving seconds of a video'), ('storyboard', 'a sheet of small frames for seeking'), ('audio', 'playable sound'), ('copy', 'the original without its place')], max_length=10),
        ),
    ]
