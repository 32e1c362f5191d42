"""The mailbox of one machine. Mails hold keys to accounts, so only that machine may look."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mediashare.accounts import mailbox as mailbox_files

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]


def is_from_here(request: HttpRequest) -> bool:
    """True when a browser on this machine asks, without a proxy in between."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    return not forwarded and ip_address(request.META["REMOTE_ADDR"]).is_loopback


def for_this_machine(view: View[Arguments]) -> View[Arguments]:
    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if not settings.MAILBOX_DIR:
            raise Http404
        if not is_from_here(request):
            raise PermissionDenied("The local mailbox can be read on its own machine only.")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_this_machine
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "account/mailbox.html", {"mails": mailbox_files.newest_mails()})


@require_safe
@for_this_machine
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    try:
        found = mailbox_files.find_mail(mail_id)
    except mailbox_files.MailNotFoundError as error:
        raise Http404 from error
    return render(request, "account/mail.html", {"mail": found})
