"""What people type about folders, checked."""

from django import forms


class FolderForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="As “Family” or “Accounts 2026”.")
