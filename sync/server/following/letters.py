"""The mail that tells a follower what the others changed, with a way to end such mails."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from mediashare.accounts import posting
from mediashare.bidi import isolated
from sync.protocol.messages import Line
from sync.server.activity import deeds, reading, telling
from sync.server.activity.telling import Sentence
from sync.server.following import choosing
from sync.server.models import Member

# A mail shows so many sentences; the page of activity has the others.
MOST_SENTENCES = 20


def send_changes(member: Member, lines: Sequence[Line], *, uncounted: int, now: datetime) -> None:
    """Hand a mail over. `uncounted` changes came after these lines. Raises CannotSend."""
    runs = deeds.gathered(reading.done(member.folder_id, lines))
    names = reading.names(member.folder_id, [run.last for run in runs])
    said = [telling.of_run(run, names) for run in runs]
    stop = settings.SITE_URL + reverse("sync:unsubscribe", args=[choosing.link_token(member)])
    untold = sum(run.count for run in runs[MOST_SENTENCES:]) + uncounted
    context = {
        "folder": member.folder,
        "sentences": said[:MOST_SENTENCES],
        "more": untold,
        "site": settings.SITE_URL,
        "folder_link": settings.SITE_URL + reverse("sync:folder", args=[member.folder_id]),
        "activity_link": settings.SITE_URL + reverse("sync:activity", args=[member.folder_id]),
        "settings_link": settings.SITE_URL + reverse("sync:mail"),
        "stop_link": stop,
        "now": now,
    }
    posting.send(
        to=member.user.email,
        subject=f"{isolated(member.folder)}: {_people(said)} made changes",
        text=render_to_string("sync/mail/changes.txt", context),
        html=render_to_string("sync/mail/changes.html", context),
        # RFC 8058, and RFC 3834: no machine is to answer.
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def _people(said: Sequence[Sentence]) -> str:
    names = list(dict.fromkeys(isolated(each.who) for each in said))
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(names)
