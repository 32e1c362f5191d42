"""What people type about folders, checked."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from sync.planner.names import spelled
from sync.protocol.folders import ONE_LINE
from sync.protocol.messages import LONGEST_NAME_BYTES


class FolderForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        validators=[RegexValidator(ONE_LINE, "A name is one line of letters that are seen.")],
        help_text="As “Family” or “Accounts 2026”.",
    )


class NameForm(forms.Form):
    """The name of something in a folder. What no disk can hold, the commit rule refuses."""

    name = forms.CharField(
        max_length=LONGEST_NAME_BYTES,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return spelled(self.cleaned_data["name"])


class HistoryForm(forms.Form):
    days = forms.IntegerField(
        label="Keep what was for so many days",
        min_value=1,
        max_value=3650,
        help_text="Deleted files and earlier versions. What is older than that goes for good.",
    )


class MomentForm(forms.Form):
    """A moment that is within what is kept, in UTC as all times of the site."""

    at = forms.DateTimeField(
        label="Moment (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args: Any, begins: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.begins = begins

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at < self.begins:
            raise forms.ValidationError("That is longer ago than is kept.")
        return at
