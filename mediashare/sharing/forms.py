"""What people type about share links, checked."""

from datetime import UTC, datetime, time

from django import forms
from django.utils import timezone

# Of a share link: what can be set must also fit where it is asked for.
LONGEST_PASSWORD = 100


class LinkForm(forms.Form):
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

    def clean_expires_on(self) -> datetime | None:
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        if day < timezone.now().date():
            raise forms.ValidationError("That day has passed.")
        return datetime.combine(day, time.max, tzinfo=UTC)


class PasswordForm(forms.Form):
    password = forms.CharField(
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
