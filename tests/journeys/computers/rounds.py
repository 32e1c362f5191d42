"""One whole round: three computers work on a folder, much is killed, and in the end all is well."""

import time
from collections.abc import Sequence
from itertools import count
from random import Random

from sync.client.cli.endings import Ending
from tests.journeys.chaos.site import Site, until
from tests.journeys.computers import plan, truth
from tests.journeys.computers.computer import Computer
from tests.journeys.computers.person import Books, Person
from tests.journeys.computers.plan import Kind, Moment

FIRST_FILES = 12
# So often everybody syncs in turn at the end, at most.
MOST_TURNS = 20
NUMBERS = count(1)


def live(site: Site, seed: int) -> None:
    """A round. Raises AssertionError, with what the clients said."""
    place = site.stack.home / f"computers-{next(NUMBERS)}"
    place.mkdir()
    name = f"computers-{seed}-{next(NUMBERS)}"
    site.reception.arrive(name)
    computers = [
        Computer(place / each, site.stack.url, site.reception.let_in(name, each))
        for each in plan.COMPUTERS
    ]
    try:
        _work(site, computers, seed)
    except BaseException as error:
        said = "\n".join(f"{each.name}: {each.log.read_text()[-5000:]}" for each in computers)
        error.add_note(f"CHAOS_SEED={seed}; the clients said:\n{said}")
        raise
    finally:
        for computer in computers:
            computer.end()


def _work(site: Site, computers: Sequence[Computer], seed: int) -> None:
    books = Books()
    folder = _begin(site, computers, books, Random(seed))
    people = [
        Person(each.root, each.name, books, Random(f"{seed} {each.name}")) for each in computers
    ]
    people[0].add_large()
    for computer in computers:
        computer.start()
    trouble = Trouble(site)
    for number, part in enumerate(plan.parts(seed)):
        _hear_of_each_other(computers, people, f"news {number}", trouble)
        _suffer(computers, people, part, trouble)
    people[1].edit_large()
    for computer in computers:
        computer.kill()
    trouble.end()
    _settle(site, folder, computers)
    truth.check(site, folder, computers, books)


def _hear_of_each_other(
    computers: Sequence[Computer], people: Sequence[Person], news: str, trouble: "Trouble"
) -> None:
    """However much was killed: what is new at one computer comes to the others."""
    people[-1].put_new(news, news.encode())

    def is_everywhere() -> bool:
        trouble.let_pass()
        return all((computer.root / news).exists() for computer in computers)

    until(is_everywhere, f"{news} on all computers")


def _begin(site: Site, computers: Sequence[Computer], books: Books, random: Random) -> str:
    """A folder that all of them have, with a few files in it; its id."""
    first, *others = computers
    first.root.mkdir()
    beginner = Person(first.root, "before", books, random)
    for _ in range(FIRST_FILES):
        beginner.do_something(0.0)
    assert first.does("add", first.root, "--name", site.stack.home.path.name) == Ending.FINE
    folder = first.folder()
    for each in others:
        assert each.does("clone", folder, each.root) == Ending.FINE
    return folder


def _suffer(
    computers: Sequence[Computer],
    people: Sequence[Person],
    moments: Sequence[Moment],
    trouble: "Trouble",
) -> None:
    """All that happens."""
    for moment in moments:
        time.sleep(moment.after_seconds)
        trouble.let_pass()
        if moment.fault is None:
            people[moment.computer].do_something(moment.chance)
        else:
            trouble.make(computers[moment.computer], moment, moment.fault)


class Trouble:
    """Does faults, and ends those that last."""

    def __init__(self, site: Site) -> None:
        self._site, self._ends_at = site, 0.0

    def make(self, computer: Computer, moment: Moment, fault: Kind) -> None:
        match fault:
            case Kind.CLIENT | Kind.RECORDS:
                computer.kill()
                if fault == Kind.RECORDS:
                    computer.forget()
                computer.start()
            case Kind.REFUSE | Kind.CUT:
                self._ends_at = time.monotonic() + moment.lasts_seconds
                store = self._site.store
                (store.refuse if fault == Kind.REFUSE else store.cutting.set)()
            case _:
                self._site.stack.kill(fault.name.lower())

    def let_pass(self) -> None:
        """S3 is well again, when it is time."""
        if time.monotonic() >= self._ends_at:
            self._site.store.relent()

    def end(self) -> None:
        self._site.store.relent()


def _settle(site: Site, folder: str, computers: Sequence[Computer]) -> None:
    """Nothing fails any more, and everybody syncs until nothing is left to do."""
    for name in ("postgres", "web", "waiting"):
        site.stack.wait_ready(name)
    endings: list[int] = []
    for _ in range(MOST_TURNS):
        before = truth.head(site, folder)
        endings = [each.does("sync", "--yes") for each in computers]
        is_quiet = before == truth.head(site, folder)
        if is_quiet and set(endings) == {Ending.FINE}:
            return
    raise AssertionError(f"After {MOST_TURNS} turns: {endings}")
