"""What people type about albums and share links, checked."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from albums.models import Album, Item

# Of a share link: what can be set must also fit where it is asked for.
LONGEST_PASSWORD = 100


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


class ShareForm(forms.Form):
    """A new link. The end is a day, and the link lives through all of it."""

    label = forms.CharField(
        label="For", max_length=100, required=False, help_text="Only you see this."
    )
    expires_on = forms.DateField(
        label="Ends after",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: until you close it.",
    )
    password = forms.CharField(
        required=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Empty: whoever has the link may look.",
    )
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

    def clean_expires_on(self) -> datetime | None:
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        if day < timezone.now().date():
            raise forms.ValidationError("That day has passed.")
        return datetime.combine(day, time.max, tzinfo=UTC)


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


class PasswordForm(forms.Form):
    password = forms.CharField(
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
