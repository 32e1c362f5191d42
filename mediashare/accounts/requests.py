"""The type of a request that a signed-in person makes, for views behind `login_required`."""

from django.http import HttpRequest

from mediashare.accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
