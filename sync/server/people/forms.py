"""What people type about the people of a folder, checked."""

from django import forms

from sync.server.models import Invitation


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=Invitation._meta.get_field("email").max_length,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="They may",
        choices=[
            (Invitation.Role.EDITOR, "change files (editor)"),
            (Invitation.Role.READER, "only read them (reader)"),
        ],
        initial=Invitation.Role.EDITOR,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Invitation.Role.choices)
