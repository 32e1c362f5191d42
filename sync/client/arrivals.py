"""Bytes on their way here, for steps that wait for them. Knows nothing of how they travel."""

from collections.abc import Iterable, Mapping

from sync.client.errors import DiskFull
from sync.client.ports import Disk, Download, Fetched, Store
from sync.client.root import INCOMING
from sync.client.state import State
from sync.planner.plan import Step
from sync.planner.tree import Content, Identity, Kind


def needs_bytes(step: Step) -> bool:
    """Whether a step brings a file other bytes than it has."""
    before, after = step.before, step.after
    if after is None or after.kind != Kind.FILE or after.content is None:
        return False
    if before is None or before.content is None:
        return True
    return after.content.sha256 != before.content.sha256


class Incoming:
    """Files that are fetched for steps HERE, each into a file of its own in the client's folder."""

    def __init__(self, disk: Disk, state: State, store: Store, steps: Iterable[Step]) -> None:
        self._disk = disk
        wanted = {step.identity: step for step in steps if needs_bytes(step)}
        self._wanted = self._downloads(state, wanted)
        self._outcomes = store.fetch(list(self._wanted.values())) if wanted else iter(())
        self._problems: dict[str, str] = {}

    def wait_for(self, step: Step) -> tuple[str, str]:
        """Where the bytes for a step are, relative to the root, and why not."""
        download = self._wanted[step.identity]
        while download.target not in self._problems:
            try:
                outcome: Fetched | None = next(self._outcomes, None)
            except DiskFull as error:
                return "", str(error)
            if outcome is None:
                return "", "its bytes did not arrive"
            self._problems[outcome.download.target] = outcome.problem
        return _incoming(step), self._problems[download.target]

    def _downloads(self, state: State, wanted: Mapping[Identity, Step]) -> dict[Identity, Download]:
        """With files here that may have the same bytes: any, or else what the entry is now."""
        same, now = state.seen_with_content(set(_contents(wanted))), state.seen_of(wanted)
        like = {
            each: found
            for each, sha256 in zip(wanted, _contents(wanted), strict=True)
            if (found := same.get(sha256) or now.get(each))
        }
        paths = state.paths([found.identity for found in like.values()])
        return {
            each: self._download(step, paths.get(like[each].identity, "") if each in like else "")
            for each, step in wanted.items()
        }

    def _download(self, step: Step, like: str) -> Download:
        content = content_of(step)
        target, old = _incoming(step), self._disk.absolute(like) if like else ""
        return Download(content.sha256, content.size_bytes, self._disk.absolute(target), old)


def clear(disk: Disk) -> None:
    """Remove what was fetched and is not waited for any more."""
    for name, stat in disk.list(INCOMING):
        if stat.kind == Kind.FILE:
            disk.remove_file(f"{INCOMING}/{name}")


def content_of(step: Step) -> Content:
    """What a step brings. Raises ValueError where that is nothing."""
    if step.after is None or step.after.content is None:
        raise ValueError(f"No bytes go with {step}.")
    return step.after.content


def _contents(wanted: Mapping[Identity, Step]) -> list[str]:
    return [content_of(step).sha256 for step in wanted.values()]


def _incoming(step: Step) -> str:
    content = step.after.content if step.after else None
    return f"{INCOMING}/{_short(step.identity)}-{content.sha256[:16] if content else ''}"


def _short(identity: Identity) -> str:
    return identity[:16]
