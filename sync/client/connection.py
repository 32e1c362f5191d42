"""The service for this device, over HTTP: its folders, and for each what its engine needs."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sync.client.account import Account
from sync.client.asking import Asking
from sync.client.objects import Limits
from sync.client.people import HttpPeople
from sync.client.ports import Store
from sync.client.service import HttpService
from sync.client.store import S3Store
from sync.client.traffic import Rate
from sync.client.unfinished import Unfinished
from sync.planner.tree import Identity
from sync.protocol.activity import Activity
from sync.protocol.folders import Folders, FolderSummary, NewFolder
from sync.protocol.messages import Changes, Line

# What the service gives in one answer; and what is asked for first, since few are mostly enough.
LINES_AT_ONCE, FEW_LINES = 1_000, 50


@contextmanager
def connect(account: Account, token: str) -> Iterator["Connection"]:
    with closing(Asking(account.server, token)) as asking:
        yield Connection(asking)


class Connection:
    """As `cli.desk.Connection` has it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.people = HttpPeople(asking)

    def folders(self) -> Sequence[FolderSummary]:
        return [each for page in self._asking.pages("folders", Folders) for each in page.folders]

    def make_folder(self, name: str) -> FolderSummary:
        # With a key, since an answer that was lost is asked for again.
        key = uuid.uuid4().hex
        return self._asking.post("folders", NewFolder(name), FolderSummary, key=key)

    def service(self, folder: str) -> HttpService:
        return HttpService(self._asking, folder, now=_now)

    @contextmanager
    def store(
        self, folder: str, scratch: Path, *, limit: int, moved: Callable[[int], None]
    ) -> Iterator[Store]:
        rate = Rate(limit) if limit else None
        with (
            closing(Unfinished(scratch)) as record,
            closing(
                S3Store(
                    self.service(folder),
                    record,
                    now=_now,
                    limits=Limits(up=rate, down=rate, moved=moved),
                )
            ) as store,
        ):
            yield store

    def log(self, folder: str) -> Iterator[Line]:
        below = self._asking.get(f"folders/{folder}", FolderSummary).head + 1
        wanted = FEW_LINES
        while below > 1:
            since = max(0, below - 1 - wanted)
            page = self._asking.get(f"folders/{folder}/changes", Changes, since=since).lines
            yield from (line for line in reversed(page) if line.number < below)
            below, wanted = since + 1, LINES_AT_ONCE

    def devices(self, folder: str, *, since: int) -> Mapping[str, str]:
        names: dict[str, str] = {}
        query: dict[str, int] = {}
        while True:
            page = self._asking.get(f"folders/{folder}/activity", Activity, **query)
            names |= {each.device: each.device_name for each in page.deeds if each.device_name}
            if page.before is None or page.before <= since:
                return names
            query = {"before": page.before}

    def history(self, folder: str, entry: Identity, *, limit: int) -> Sequence[Line]:
        address = f"folders/{folder}/entries/{entry}/history"
        lines = list(self._asking.get(address, Changes).lines)
        while lines and len(lines) < limit:
            page = self._asking.get(address, Changes, before=lines[-1].number).lines
            if not page:
                break
            lines.extend(page)
        return lines[:limit]


def _now() -> datetime:
    return datetime.now(UTC)
