"""A storyboard says which frame of its sheet stands for which seconds."""

from processing.recipes.webvtt import Sheet, storyboard

SHEET = Sheet(columns=2, width=160, height=90, starts=[0, 2.5, 5])


def test_each_frame_has_its_seconds_and_its_place_on_the_sheet():
    text = storyboard(SHEET, address="https://bytes.example/sheet.jpg?x=1", seconds=6.25)

    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:02.500\nhttps://bytes.example/sheet.jpg?x=1#xywh=0,0,160,90\n\n"
        "00:00:02.500 --> 00:00:05.000\nhttps://bytes.example/sheet.jpg?x=1#xywh=160,0,160,90\n\n"
        "00:00:05.000 --> 00:00:06.250\nhttps://bytes.example/sheet.jpg?x=1#xywh=0,90,160,90\n"
    )


def test_hours_are_written_as_hours():
    sheet = Sheet(columns=1, width=1, height=1, starts=[3725.25])

    assert "01:02:05.250 --> 01:02:06.500" in storyboard(sheet, address="a", seconds=3726.5)


def test_no_cue_ends_before_it_begins():
    sheet = Sheet(columns=1, width=1, height=1, starts=[0, 9])

    assert "00:00:09.000 --> 00:00:10.000" in storyboard(sheet, address="a", seconds=8.5)
