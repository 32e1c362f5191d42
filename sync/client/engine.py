"""The client's one loop: observe, plan, do, note. Synchronous, and without decisions of its own.

Everything after an interruption, of whatever kind, is done anew by observing again. So nothing
here remembers what it was about to do; it only takes care that

- what was heard from there is complete before it is planned on;
- bytes are held by the service before a change names them, and flushed here before they are named;
- `base` is told that both sides agree only when both are known to be so.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import chain

from sync.client import arrivals, root, trash
from sync.client.apply import Applier, NotDone
from sync.client.arrivals import Incoming, needs_bytes
from sync.client.departures import Outgoing
from sync.client.errors import DiskFull, NotAllowed
from sync.client.hearing import Hearing
from sync.client.ports import (
    MOST_CHANGES,
    Accepted,
    Answer,
    Change,
    ChangedWhileRead,
    Clock,
    Committed,
    Disk,
    Revision,
    Service,
    Store,
    Upload,
)
from sync.client.scan import Findings, Offer, scan
from sync.client.state import Seen, State
from sync.client.trash import Trash
from sync.client.wire import content_of_link
from sync.planner.disk import Disk as Abilities
from sync.planner.names import remark
from sync.planner.plan import Deed, Plan, Side, Step, Terms, plan
from sync.planner.tree import Entry, Identity, Kind

# A request takes its time, however few changes it has.
FEWEST_CHANGES = 100
# Noted together, and flushed together: as many as one wait for the disk is worth, and no more bytes
# than anybody minds to fetch again.
BATCH, BATCH_BYTES = 1536, 64 * 2**20
NOTHING = Committed([])
# The store is told of so many files at a time: their paths take room.
MOST_AT_ONCE = 10_000
# Whoever is still writing after so many looks is left for later.
MOST_ROUNDS = 8


@dataclass(frozen=True)
class World:
    """All that an engine needs beside its own memory. `new_identity` gives UUIDs in hex."""

    disk: Disk
    service: Service
    store: Store
    clock: Clock
    new_identity: Callable[[], Identity]


@dataclass(frozen=True)
class Copy:
    """Which copy of which folder this is. `device` is its name, for people."""

    folder: str
    device: str


@dataclass(frozen=True)
class Left:
    """A step that was not done, and why."""

    step: Step
    reason: str


@dataclass
class Report:
    """What became of a sync. `is_settled`: both sides are equal, but for `problems`, by path.

    `done` counts what was done on each side; the steps themselves would fill the memory. `asks` is
    a question, without whose yes nothing was done.
    """

    done: Counter[tuple[Side, Deed]] = field(default_factory=Counter)
    left: list[Left] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    asks: str = ""
    is_settled: bool = False


class Engine:
    """Keeps one folder here equal to its copy at the service."""

    def __init__(self, copy: Copy, state: State, world: World) -> None:
        self._copy, self._state, self._world = copy, state, world
        self._abilities: Abilities | None = None
        # What was left out at the last look at each folder.
        self._problems: dict[str, str] = {}
        self._hearing = Hearing(state, world.service)
        self._outgoing = Outgoing(world.disk, state, world.store)

    def sync(
        self,
        *,
        answer: bool | None = None,
        told: Callable[[Step], None] | None = None,
        named: Collection[str] | None = None,
    ) -> Report:
        """Rounds until both sides are equal, or nothing more can be done now.

        `answer` is that to what a plan may ask: with no, what is gone from one side comes back
        from the other. `told` hears of each step as it is done.
        With `named`, only these paths are looked at here; what else has changed is found the next
        time. Raises what is in `errors`; what was done by then stays done.
        """
        report = Report()
        for _ in range(MOST_ROUNDS):
            done_before = report.done.total()
            try:
                self._round(report, answer, told, named)
            finally:
                self._outgoing.stop()
            if report.is_settled or report.asks or report.done.total() == done_before:
                break
        return report

    def plan(self) -> tuple[Plan, dict[str, str]]:
        """What a round would do now, and what was left out, by path. Does nothing."""
        self._observe()
        return self._planned(), dict(self._problems)

    def _round(
        self,
        report: Report,
        answer: bool | None,
        told: Callable[[Step], None] | None,
        named: Collection[str] | None,
    ) -> None:
        report.left.clear()
        self._give_back()
        self._observe(named, offer=self._outgoing.offer)
        report.problems = dict(self._problems)
        self._send_again()
        if self._state.fact("settled"):
            report.is_settled = True
            return
        found = self._planned()
        if found.asks and answer is False:
            found = self._planned_without_removals()
        report.problems |= {self._name(each): why for each, why in found.problems.items()}
        report.asks = "" if answer else found.asks
        if report.asks:
            return
        thrown = Trash(self._world.disk, self._world.clock.now())
        self._begin(found, thrown)
        for step, reason in chain(self._do_here(found, thrown), self._do_there(found)):
            if reason:
                report.left.append(Left(step, reason))
                continue
            report.done[step.side, step.deed] += 1
            if told:
                told(step)
        if not found.steps:
            self._settle(report)

    # Observe.

    def _observe(self, named: Collection[str] | None = None, *, offer: Offer | None = None) -> None:
        """Bring the memory of both sides up to date. `offer` hears of files as they are read."""
        world = self._world
        root.check(world.disk, self._copy.folder)
        root.furnish(world.disk)
        findings = self._look(named, offer)
        self._outgoing.send_offered()
        if findings.is_other:
            # Or a power cut takes away what others have by then, and it looks like a deletion.
            world.disk.flush_all()
        with self._state.transaction():
            self._state.note_seen(findings.noted)
            self._state.forget_seen(findings.gone)
            if findings.is_other:
                self._state.set_fact("settled", "")
        self._hearing.catch_up()

    def _give_back(self) -> None:
        """What somebody wrote at the moment of a step that did not come to its end."""
        name = self._state.fact("putting away")
        if not name:
            return
        disk = self._world.disk
        root.check(disk, self._copy.folder)
        with suppress(FileExistsError, FileNotFoundError):
            # Or somebody is quicker, and it is looked at again in the next round.
            for slot, path in trash.left_in(disk, name):
                if not self._is_stored(slot):
                    trash.give_back(disk, slot, path, self._remark())
            self._note_all_put_away()

    def _note_all_put_away(self) -> None:
        """What is in the trash is there for good, whoever looks next."""
        with self._state.transaction():
            self._state.set_fact("putting away", "")

    def _is_stored(self, path: str) -> bool:
        try:
            sha256, _ = self._world.disk.digest(path)
        except ChangedWhileRead:
            return False
        return self._state.is_stored(sha256)

    def _look(self, named: Collection[str] | None, offer: Offer | None) -> Findings:
        world = self._world

        def look_at(paths: Collection[str] | None) -> Findings:
            return scan(
                world.disk,
                self._state,
                now=world.clock.now(),
                new_identity=world.new_identity,
                named=paths,
                offer=offer,
            )

        findings = look_at(named)
        if findings.is_doubtful:
            findings, named = look_at(None), None
        elsewhere = {
            path: why
            for path, why in self._problems.items()
            if named is not None and not {path, path.rpartition("/")[0]} & findings.looked_at
        }
        self._problems = elsewhere | findings.problems
        return findings

    def _send_again(self) -> None:
        """What the service has lost of what it acknowledged, and is here. The rest others have."""
        lacking = self._hearing.lacking
        files = self._state.seen_with_content(lacking).values() if lacking else ()
        path, absolute = self._state.path, self._world.disk.absolute
        uploads = [
            Upload(absolute(path(each.identity)), each.sha256, each.size_bytes) for each in files
        ]
        if not uploads:
            return
        # Who may only read leaves it to those who may write.
        with suppress(NotAllowed), closing(self._world.store.outbox()) as outbox:
            outbox.add(uploads)
            for sent in outbox.results():
                if not sent.problem:
                    lacking.discard(sent.upload.sha256)

    # Plan.

    def _planned(self) -> Plan:
        if self._abilities is None:
            self._abilities = root.abilities(self._world.disk)
        trees, elsewhere = self._state.different()
        unwanted, told_by = self._state.unwanted(), self._remark()
        terms = Terms(self._world.new_identity, told_by, self._abilities, unwanted, elsewhere)
        return plan(*trees, terms)

    def _planned_without_removals(self) -> Plan:
        with self._state.transaction():
            self._state.forget_gone()
        return self._planned()

    def _remark(self) -> str:
        """What tells copies apart, in their names."""
        return remark(self._copy.device, self._world.clock.now())

    def _name(self, identity: Identity) -> str:
        """A path for people, of what is there and not here."""
        names: dict[Identity, str] = {}
        # Folders are in one another only by a broken record.
        while identity and identity not in names:
            heard = self._state.heard(identity)
            if heard is None or heard.entry is None:
                break
            names[identity] = heard.entry.place.name
            identity = heard.entry.place.parent
        return "/".join(reversed(names.values()))

    # Do, and note.

    def _begin(self, found: Plan, thrown: Trash) -> None:
        is_done_here = any(step.side == Side.HERE for step in found.steps)
        with self._state.transaction():
            # Known before the first is put away, whatever happens then.
            self._state.set_fact("putting away", thrown.name if is_done_here else "")
            for call in found.calls:
                self._state.call(call.old, call.new)
            for each in found.agreed:
                self._state.agree(each.identity, each.entry)

    def _do_here(self, found: Plan, thrown: Trash) -> Iterator[tuple[Step, str]]:
        """Each step with the reason why it was not done, which is empty when it was."""
        steps = [step for step in found.steps if step.side == Side.HERE]
        if not steps:
            return
        world = self._world
        incoming = Incoming(world.disk, self._state, world.store, steps)
        lacking = self._hearing.lacking
        applier = Applier(world.disk, self._state, thrown, world.clock, lacking=lacking)
        for batch in _batches(steps):
            arrived = {step: incoming.wait_for(step) for step in batch if needs_bytes(step)}
            world.disk.flush(files=[path for path, problem in arrived.values() if not problem])
            yield from self._apply(applier, batch, arrived, found)
        if not applier.is_edited:
            self._note_all_put_away()

    def _apply(
        self,
        applier: Applier,
        batch: Sequence[Step],
        arrived: dict[Step, tuple[str, str]],
        found: Plan,
    ) -> list[tuple[Step, str]]:
        outcomes = []
        heard = self._state.heard_of([step.identity for step in batch])
        with self._state.transaction():
            applier.begin(batch)
            for step in batch:
                path, problem = arrived.get(step, ("", ""))
                if not problem:
                    problem = self._apply_one(applier, step, heard.get(step.identity), path)
                outcomes.append((step, problem))
            applier.note()
            self._agree([step.identity for step, problem in outcomes if not problem], heard, found)
            # Before the end of the transaction: notes are never ahead of the disk.
            applier.flush()
        return outcomes

    def _apply_one(self, applier: Applier, step: Step, heard: Revision | None, arrived: str) -> str:
        try:
            applier.do(step, heard, arrived)
        except (NotDone, DiskFull) as error:
            return str(error)
        return ""

    def _do_there(self, found: Plan) -> Iterator[tuple[Step, str]]:
        """Each step with the reason why it was not done. Where this person may only read, none is.

        Whether that is so, only the service knows; it may change at any time.
        """
        steps = dict.fromkeys(step for step in found.steps if step.side == Side.THERE)
        try:
            for step, reason in self._asked_for(list(steps), found):
                del steps[step]
                yield step, reason
        except NotAllowed as error:
            with self._state.transaction():
                for step in steps:
                    if step.after is None:
                        # It is new there then, and comes back: nothing is lost by that.
                        self._state.agree(step.identity, None)
            yield from ((step, str(error).rstrip(".")) for step in steps)

    def _asked_for(self, steps: Sequence[Step], found: Plan) -> Iterator[tuple[Step, str]]:
        """First what needs no bytes, in order; then the rest, as its bytes are there.

        Nothing in a plan waits for a file to have its bytes, so these may come last.
        """
        rest = [step for step in steps if needs_bytes(step)]
        for request in _requests([step for step in steps if not needs_bytes(step)]):
            yield from self._commit(request, found)
        waiting: list[Step] = []
        left = len(rest)
        sent = map(self._outgoing.sent, _parts(rest, MOST_AT_ONCE))
        for step, problem in chain.from_iterable(sent):
            left -= 1
            if problem:
                yield step, problem
                continue
            waiting.append(step)
            if len(waiting) >= _enough(left):
                yield from self._commit(waiting, found)
                waiting = []
        if waiting:
            yield from self._commit(waiting, found)

    def _commit(self, steps: Sequence[Step], found: Plan) -> list[tuple[Step, str]]:
        identities = [step.identity for step in steps]
        seen, heard = self._state.seen_of(identities), self._state.heard_of(identities)
        changes: dict[Step, Change] = {}
        outcomes = []
        for step in steps:
            change = self._change(step, seen.get(step.identity), heard.get(step.identity))
            if change is None:
                outcomes.append((step, "it is not there as it was"))
            else:
                changes[step] = change
        committed = self._world.service.commit(list(changes.values())) if changes else NOTHING
        answers = committed.answers
        answered = list(zip(changes.values(), answers, strict=True))
        told = {each.identity: each for each in map(_heard_by, answered) if each}
        with self._state.transaction():
            self._state.hear(told.values())
            self._hearing.note_answers(told.values())
            self._hearing.note_own(answered, committed)
            self._agree([it.identity for it, answer in answered if _is_yes(answer)], told, found)
        reasons = ("" if isinstance(each, Accepted) else each.reason for each in answers)
        return [*outcomes, *zip(changes, reasons, strict=True)]

    def _change(self, step: Step, seen: Seen | None, heard: Revision | None) -> Change | None:
        """A step as it is asked for; None when an earlier one did not come about."""
        target = _target(step.after, seen, heard)
        if (heard.entry if heard else None) != step.before or target is None:
            return None
        return Change(
            self._world.new_identity(),
            step.identity,
            heard.number if heard else 0,
            step.after,
            target,
            seen.modified_ms if seen else 0,
        )

    def _agree(
        self, identities: Collection[Identity], heard: Mapping[Identity, Revision], found: Plan
    ) -> None:
        """Tell base of these, where both sides are the same now."""
        seen = self._state.seen_of(identities)
        here = {each: seen[each].entry if each in seen else None for each in identities}
        there = {each: heard[each].entry if each in heard else None for each in identities}
        self._state.agree_on(
            (each, there[each])
            for each in identities
            if here[each] == there[each] and each not in found.absent
        )

    def _settle(self, report: Report) -> None:
        """Both sides are equal: what is left of the way there can go."""
        world = self._world
        report.is_settled = True
        with self._state.transaction():
            self._state.forget_deleted()
            self._state.forget_equal()
            if not report.problems:
                self._state.set_fact("settled", "yes")
        arrivals.clear(world.disk)
        trash.empty(world.disk, world.clock.now())


def _batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    batch: list[Step] = []
    size_bytes = 0
    for step in steps:
        batch.append(step)
        if needs_bytes(step) and step.after and step.after.content:
            size_bytes += step.after.content.size_bytes
        if len(batch) == BATCH or size_bytes >= BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _parts(steps: Sequence[Step], most: int) -> Iterator[Sequence[Step]]:
    return (steps[begin : begin + most] for begin in range(0, len(steps), most))


def _enough(left: int) -> int:
    """How many changes go into a request while the bytes of so many more are on their way.

    Fewer towards the end, since nothing is on its way any more while the last are decided.
    """
    return max(FEWEST_CHANGES, min(MOST_CHANGES, left))


def _requests(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Steps in order, cut where a request would have two of one entry or too many."""
    request: dict[Identity, Step] = {}
    for step in steps:
        if step.identity in request or len(request) == MOST_CHANGES:
            yield list(request.values())
            request = {}
        request[step.identity] = step
    if request:
        yield list(request.values())


def _target(entry: Entry | None, seen: Seen | None, heard: Revision | None) -> str | None:
    """Where a link leads to by a step: one that is only moved, to where it did before.

    None when that is not known any more; empty for other kinds.
    """
    if entry is None or entry.kind != Kind.LINK:
        return ""
    known = [found.target for found in (seen, heard) if found]
    return next((each for each in known if content_of_link(each) == entry.content), None)


def _is_yes(answer: Answer) -> bool:
    return isinstance(answer, Accepted)


def _heard_by(answered: tuple[Change, Answer]) -> Revision | None:
    """What the service has after its answer to a change, as far as that says it."""
    change, answer = answered
    if not isinstance(answer, Accepted):
        return answer.present
    entry, target = change.entry, change.target
    return Revision(answer.number, change.identity, entry, target, change.modified_ms)
