"""What opens much asks for a proof that its owner is there, unless one was given just now."""

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest

# What somebody signs in with; a link from a mail proves less.
PROOFS = {"password", "mfa"}


def lacks_proof(request: HttpRequest) -> bool:
    """Whether it is too long ago that somebody signed in. allauth counts only what came later."""
    records = get_authentication_records(request, request.user)
    given = [record["at"] for record in records if record["method"] in PROOFS]
    return not given or time.time() - given[-1] >= app_settings.REAUTHENTICATION_TIMEOUT


proof_required = reauthentication_required(allow_get=True, enabled=lacks_proof)
