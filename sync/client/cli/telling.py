"""Steps and reports in words, for people and for scripts. Nothing here does anything."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sync.client.arrivals import needs_bytes
from sync.client.cli.screen import count_text
from sync.client.engine import Report
from sync.client.state import State
from sync.planner.plan import Deed, Plan, Side, Step
from sync.planner.tree import Entry, Identity, Kind

WORDS = {
    (Side.THERE, Deed.MAKE): "send",
    (Side.THERE, Deed.EDIT): "send again",
    (Side.THERE, Deed.MOVE): "move there",
    (Side.THERE, Deed.DELETE): "delete there",
    (Side.HERE, Deed.MAKE): "fetch",
    (Side.HERE, Deed.EDIT): "fetch again",
    (Side.HERE, Deed.MOVE): "move here",
    (Side.HERE, Deed.DELETE): "remove here",
}
DONE = {
    "send": "sent",
    "send again": "sent again",
    "move there": "moved there",
    "delete there": "deleted there",
    "fetch": "fetched",
    "fetch again": "fetched again",
    "move here": "moved here",
    "remove here": "removed here, into the trash",
}


def word_of(step: Step) -> str:
    """What a step does, in a word or two."""
    return WORDS[step.side, step.deed]


def path_of(state: State, identity: Identity, entry: Entry | None = None) -> str:
    """Where an entry is or would be, as far as is known here."""
    names: list[str] = []
    passed: set[Identity] = set()
    while identity or entry:
        entry = entry or _known(state, identity)
        # Folders are in one another only by a broken record.
        if entry is None or identity in passed:
            names.append("…")
            break
        names.append(entry.place.name)
        passed.add(identity)
        identity, entry = entry.place.parent, None
    return "/".join(reversed(names))


def _known(state: State, identity: Identity) -> Entry | None:
    heard, seen = state.heard(identity), state.seen(identity)
    if heard and heard.entry:
        return heard.entry
    return seen.entry if seen else None


def facts_of(state: State, step: Step) -> dict[str, Any]:
    """A step for a script."""
    facts: dict[str, Any] = {
        "do": word_of(step),
        "path": path_of(state, step.identity, step.before or step.after),
        "reason": step.reason,
    }
    if step.before and step.after and step.before.place != step.after.place:
        facts["to"] = path_of(state, step.identity, step.after)
    if step.after and step.after.content and needs_bytes(step):
        facts["size_bytes"] = step.after.content.size_bytes
    return facts


def line_of(state: State, step: Step) -> str:
    """A step for a person."""
    facts = facts_of(state, step)
    entry = step.after or step.before
    slash = "/" if entry and entry.kind == Kind.FOLDER else ""
    to = f" → {facts['to']}{slash}" if "to" in facts else ""
    return f"{facts['do']:<13} {facts['path']}{slash}{to}  ({facts['reason']})"


def counts_of(done: Mapping[tuple[Side, Deed], int]) -> dict[str, int]:
    """How many steps do what."""
    return {WORDS[deed]: count for deed, count in done.items()}


def counts_to_do(plan: Plan) -> dict[str, int]:
    """How many steps of a plan do what."""
    return dict(Counter(map(word_of, plan.steps)))


def summary(report: Report) -> str:
    """What was done, in one sentence."""
    counts = counts_of(report.done)
    done = ", ".join(f"{counts[word]:,} {DONE[word]}" for word in DONE if word in counts)
    left = f"{count_text(len(report.left), 'change')} left for the next time" if report.left else ""
    return "; ".join(part for part in (done, left) if part) or "Nothing to do"


def outlook(plan: Plan) -> str:
    """What is to be done, in one sentence."""
    counts = counts_to_do(plan)
    return ", ".join(f"{counts[word]:,} to {word}" for word in DONE if word in counts) or "equal"
