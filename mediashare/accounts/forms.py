"""Forms of the account pages; sign-in and its kin are allauth's."""

from datetime import datetime, timedelta

from django import forms

from mediashare.accounts.models import ApiToken, User

NEVER = ""
TERMS = [("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), (NEVER, "never")]
# Devices get theirs by being let in.
OFFERED = [each for each in ApiToken.Scope.choices if each[0] != ApiToken.Scope.SYNC]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # Not generic at run time.
    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": "What others see beside what you share. May be empty."}
        widgets = {"name": forms.TextInput({"autocomplete": "name"})}

    def clean_name(self) -> str:
        """It stands in mails to strangers, so nothing in it may hide or turn what is around it."""
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError("Only what can be printed may be in a name.")
        return name


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="So that you know it again, as “backup”.")
    scopes = forms.MultipleChoiceField(
        label="It may", choices=OFFERED, widget=forms.CheckboxSelectMultiple
    )
    term = forms.ChoiceField(label="It ends", choices=TERMS, required=False, initial="90")

    def expires_at(self, now: datetime) -> datetime | None:
        """When a token of this form ends; None is never."""
        term = self.cleaned_data["term"]
        return now + timedelta(days=int(term)) if term else None


class DeviceNameForm(forms.Form):
    name = forms.CharField(max_length=100)
