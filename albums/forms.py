"""What people type about albums and share links, checked."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from albums.models import Album, Item
from mediashare.sharing.forms import LinkForm


class AlbumForm(forms.Form):
    title = forms.CharField(max_length=150)
    description = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class FollowForm(forms.Form):
    """An album that shall follow a folder."""

    title = forms.CharField(max_length=150, help_text="It can be called otherwise than the folder.")


class StopFollowingForm(forms.Form):
    """What becomes of what the folder brought."""

    items = forms.ChoiceField(
        label="What is in the album",
        choices=[
            ("keep", "stays, in the album and in the library"),
            ("remove", "leaves the album, and what the folder brought goes into the trash"),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )


class ShareForm(LinkForm):
    """A new link to an album."""

    allow_download = forms.BooleanField(
        label="Originals may be downloaded",
        required=False,
        initial=True,
        help_text="As you uploaded them, one by one or all as a ZIP.",
    )
    include_place = forms.BooleanField(
        label="Say where the pictures were taken",
        required=False,
        help_text="Otherwise the place is taken out of every file before it is given away.",
    )


class FilmForm(forms.Form):
    """A film of an album or of what is selected."""

    title = forms.CharField(
        max_length=100, required=False, help_text="Shown over the first picture. Empty: none."
    )
    photo_seconds = forms.TypedChoiceField(
        label="Each photo stays for",
        coerce=float,
        choices=[("2.5", "2.5 seconds, lively"), ("4", "4 seconds"), ("6", "6 seconds, calm")],
        initial="4",
    )
    music = forms.ModelChoiceField(
        queryset=Item.objects.none(),
        required=False,
        empty_label="No music",
        help_text="A song from your library.",
    )
    into_album = forms.BooleanField(
        label="Put the film into the album", required=False, initial=True
    )

    def __init__(self, *args: Any, music: QuerySet[Item], album: Album | None, **more: Any) -> None:
        super().__init__(*args, **more)
        if music.exists():
            # The stubs know fields only by what all of them have.
            self.fields["music"].queryset = music  # type: ignore[attr-defined]
        else:
            self.fields["music"].widget = forms.HiddenInput()
        if album is None:
            del self.fields["into_album"]
