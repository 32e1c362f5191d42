"""What somebody sees of a folder who came with a link. Nobody is asked to sign in."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mediashare.sharing.addresses import ShareNotFound
from mediashare.sharing.attempts import TooManyAttempts
from mediashare.sharing.forms import PasswordForm
from mediashare.sharing.locks import ShareIsLocked, is_unlocked, unlock
from mediashare.sharing.models import ShareExpired, ShareRevoked
from mediashare.storage import delivery
from sync.protocol.messages import Folder as FolderState
from sync.server import browsing, contents, visiting
from sync.server.models import FolderLink
from sync.server.views import finding, versions

View = Callable[..., HttpResponse]


def through_link(view: View) -> View:
    """Find the link of an address first; a closed one says so, a wrong one is not found."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, **more: object) -> HttpResponse:
        try:
            response = view(request, visiting.find_link(token, timezone.now()), token, **more)
        except ShareNotFound as error:
            raise Http404 from error
        except ShareIsLocked:
            response = redirect("folder_password", token)
        except (ShareExpired, ShareRevoked):
            response = render(request, "sync/link_closed.html", status=HTTPStatus.GONE)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # The address is the key. Not `no-referrer`: with that, a password is taken for a forgery.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answer


@require_safe
@through_link
def show(request: HttpRequest, link: FolderLink, token: str, entry: str = "") -> HttpResponse:
    """What is in a folder, or a file."""
    sight = visiting.look(link, request.session, entry)
    _count_view_once(request, link)
    context: dict[str, object] = {
        "link": link,
        "token": token,
        "here": browsing.Row(sight.here) if sight.here else None,
        "trail": sight.above,
    }
    if sight.here and not isinstance(sight.here.state, FolderState):
        context["shown"] = versions.shown_file(link.folder, sight.here)
        context["door"] = reverse("folder_link", args=[token, sight.here.entry])
        return render(request, "sync/public_file.html", context)
    inside = sight.here.entry if sight.here else ""
    context["listing"] = browsing.listing(link.folder_id, inside, after=finding.after(request))
    return render(request, "sync/public_folder.html", context)


@require_safe
@through_link
def file(request: HttpRequest, link: FolderLink, token: str, entry: str) -> HttpResponse:
    """To the bytes of a file as it is now."""
    here = visiting.look(link, request.session, entry).here
    blob = contents.blob_of(link.folder, here.state) if here else None
    if here is None or blob is None:
        raise Http404
    return redirect(delivery.original_url(blob.key, name=here.state.name))


@require_http_methods(["GET", "POST"])
@through_link
def password(request: HttpRequest, link: FolderLink, token: str) -> HttpResponse:
    """Ask for the link's password; says nothing of the folder until it is right."""
    if is_unlocked(request.session, link):
        return redirect("folder_link", token)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if form.is_valid():
        try:
            if unlock(request, link, form.cleaned_data["password"]):
                return redirect("folder_link", token)
            form.add_error("password", "That is not the password.")
            status = HTTPStatus.FORBIDDEN
        except TooManyAttempts as refusal:
            form.add_error("password", str(refusal))
            status = HTTPStatus.TOO_MANY_REQUESTS
    return render(request, "sync/link_password.html", {"form": form}, status=status)


def _count_view_once(request: HttpRequest, link: FolderLink) -> None:
    """A visit is a session; the owner looking at their own page is none."""
    seen = f"share-seen-{link.pk}"
    if request.user == link.folder.owner or request.session.get(seen):
        return
    request.session[seen] = True
    link.note_view(now=timezone.now())
