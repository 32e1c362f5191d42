"""Where SNS posts what SES has to tell, and where somebody lets mail come again."""

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mediashare.accounts import mail_trouble
from mediashare.accounts.models import TroubledAddress
from mediashare.accounts.requests import SignedInRequest
from mediashare.aws import sns
from mediashare.aws.client import Unavailable

log = structlog.get_logger(__name__)


# SNS signs what it posts, and knows of no forms.
@csrf_exempt
@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """Answers 403 to whoever is not SNS, and 503 so that it sends again."""
    if not settings.SES_TOPIC_ARNS:
        raise Http404
    try:
        message = sns.read(request.body, topics=settings.SES_TOPIC_ARNS, now=timezone.now())
        if message.kind == "SubscriptionConfirmation":
            sns.confirm(message)
    except sns.NotFromSns as error:
        log.warning("not_from_sns", reason=str(error))
        return HttpResponse("not from SNS\n", status=403, content_type="text/plain")
    except Unavailable as error:
        log.warning("sns_unavailable", reason=str(error))
        return HttpResponse("again later\n", status=503, content_type="text/plain")
    if message.kind == "Notification":
        mail_trouble.note(message.text, sent_at=message.sent_at)
    return HttpResponse("thanks\n", content_type="text/plain")


@login_required
@require_POST
def clear(request: SignedInRequest) -> HttpResponse:
    """Its owner says that mail may come again."""
    standing = TroubledAddress.objects.standing().of(request.user.email)
    if standing.update(cleared_at=timezone.now()):
        messages.success(request, f"Mail goes to {request.user.email} again.")
    return redirect("accounts:profile")
