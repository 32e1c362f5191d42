"""How somebody wants to follow a folder, checked."""

from django import forms

from sync.server.models import Member


class MailForm(forms.Form):
    mail = forms.ChoiceField(choices=Member.Mail.choices)
