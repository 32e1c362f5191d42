"""The people of folders, as this device's person may ask about them and change them, over HTTP."""

import uuid
from collections.abc import Sequence

from sync.client import errors
from sync.client.asking import Asking
from sync.protocol import people
from sync.protocol.people import Asked, GivenRole, MemberSummary, ReceivedInvitation


class HttpPeople:
    """As `cli.desk.People` has it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def invitations(self) -> Sequence[ReceivedInvitation]:
        return self._asking.get("invitations", people.ReceivedInvitations).invitations

    def accept(self, invitation: str) -> None:
        self._asking.post(f"invitations/{invitation}/acceptance", {}, MemberSummary)

    def decline(self, invitation: str) -> None:
        self._end(f"invitations/{invitation}")

    def of(self, folder: str) -> people.People:
        pages = list(self._asking.pages(f"folders/{folder}/people", people.People))
        members = [each for page in pages for each in page.members]
        return people.People(members, pages[0].invitations)

    def invite(self, folder: str, email: str, role: GivenRole) -> Asked:
        wish = people.NewInvitation(email, role)
        return self._asking.post(f"folders/{folder}/invitations", wish, Asked, key=uuid.uuid4().hex)

    def withdraw(self, folder: str, invitation: str) -> None:
        self._end(f"folders/{folder}/invitations/{invitation}")

    def remove(self, folder: str, user: str) -> None:
        self._end(f"folders/{folder}/people/{user}")

    def _end(self, path: str) -> None:
        try:
            self._asking.delete(path)
        except errors.FolderGone:
            # It is no more: somebody was first, or the answer to this very request was lost.
            return
