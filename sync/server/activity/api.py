"""What was done in a folder, in the protocol's words."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from sync.protocol import activity
from sync.server.activity import reading, telling, words
from sync.server.activity.deeds import Run
from sync.server.api.asking import SyncView, answer, number
from sync.server.journal.columns import as_ms


class FolderActivity(SyncView):
    def get(self, request: Request, folder_id: UUID) -> HttpResponse:
        """What was done, the latest first; with `before`, by changes of lower numbers."""
        member = self.member(folder_id)
        found = reading.page(folder_id, before=number(request, "before"))
        happenings = [
            activity.Happening(
                words.of_event(event, told_to_owner=member.is_owner),
                event.actor_name,
                as_ms(event.at),
            )
            for event in found.events
        ]
        deeds = [_deeds(run, found.names) for run in found.runs]
        return answer(activity.Activity(deeds, happenings, found.before))


def _deeds(run: Run, names: reading.Names) -> activity.Deeds:
    deed, said = run.last, telling.of_run(run, names)
    verb: Any = str(deed.verb)
    return activity.Deeds(
        said=said.what,
        user=deed.author.user,
        name=deed.author.name,
        verb=verb,
        count=run.count,
        first=run.first_number,
        last=deed.number,
        began_ms=run.began_ms,
        at_ms=deed.at_ms,
        device=deed.author.device,
        device_name=names.devices.get(deed.author.device, ""),
        entry=deed.entry if run.count == 1 else "",
        place=deed.place if run.places == 1 else "",
        place_name=said.place_name,
    )
