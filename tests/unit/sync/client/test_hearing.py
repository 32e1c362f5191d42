"""What others did is heard, and what was done here is not heard again."""

from collections.abc import Callable

import pytest

from sync.client.ports import Committed
from tests.unit.sync.client.here import FOLDER, Client, Shared


class Asked(Shared):
    """`told` is how many changes each answer had.

    `meanwhile` happens before the next commit, `between` after the first of its changes, and
    `afterwards` after it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told: list[int] = []
        self.meanwhile: Callable[[], None] | None = None
        self.between: Callable[[], None] | None = None
        self.afterwards: Callable[[], None] | None = None

    def changes(self, since, *, wait_seconds=0.0):
        page = super().changes(since, wait_seconds=wait_seconds)
        self.told.append(len(page.revisions))
        return page

    def commit(self, changes):
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        committed = self._commit(changes)
        if self.afterwards:
            afterwards, self.afterwards = self.afterwards, None
            afterwards()
        return committed

    def _commit(self, changes):
        if not self.between:
            return super().commit(changes)
        between, self.between = self.between, None
        first = super().commit(changes[:1])
        between()
        rest = super().commit(changes[1:])
        return Committed([*first.answers, *rest.answers], first.since_key, rest.key)


@pytest.fixture
def shared():
    return Asked()


@pytest.fixture
def alice(tmp_path, shared):
    return Client(tmp_path / "alice", shared)


@pytest.fixture
def bob(tmp_path, shared):
    return Client(tmp_path / "bob", shared)


def settled(*clients):
    for client in clients:
        assert client.engine.sync().is_settled
    return [client.shown() for client in clients]


def test_own_changes_are_not_heard_again(alice, shared):
    for number in range(5):
        alice.write(f"docs/{number}", f"text {number}")
    settled(alice)
    alice.write("docs/3", "another text")
    (alice.root / "docs/4").unlink()
    settled(alice)

    assert set(shared.told) == {0}


def test_what_others_did_meanwhile_is_heard_though_own_changes_have_higher_numbers(
    alice, bob, shared
):
    settled(alice, bob)
    alice.write("alice", "alice's")
    bob.write("bob", "bob's")
    shared.meanwhile = lambda: settled(bob)

    assert settled(alice, bob)[0] == {"alice": "alice's", "bob": "bob's"}
    assert alice.shown() == bob.shown()


def test_what_others_did_between_two_own_changes_is_heard(alice, bob, shared):
    """Not every store writes all changes of one request at once."""
    settled(alice, bob)
    alice.write("one", "alice's")
    alice.write("two", "alice's")
    bob.write("bob", "bob's")
    shared.between = lambda: settled(bob)

    assert settled(alice, bob)[0] == {"one": "alice's", "two": "alice's", "bob": "bob's"}
    assert alice.shown() == bob.shown()


def test_what_a_service_has_that_went_back_is_heard_though_the_numbers_go_on(alice, bob, shared):
    """Others filled what it lacked, just up to where the own change follows."""
    for name in ("one", "two", "three"):
        alice.write(name, name)
    settled(alice, bob)

    def go_back() -> None:
        shared.journal.go_back(FOLDER, 1)
        for name in ("four", "five"):
            carol.write(name, name)
        settled(carol)

    carol = Client(bob.root.parent.parent / "carol", shared)
    alice.write("six", "six")
    shared.meanwhile = go_back
    settled(alice, bob, alice)
    settled(carol)

    names = ["five", "four", "one", "six", "three", "two"]
    assert [sorted(each.shown()) for each in (alice, bob, carol)] == [names] * 3


@pytest.mark.parametrize("others", [(), ("four", "five")], ids=["fewer", "others"])
def test_what_a_service_has_no_more_of_what_it_took_a_moment_ago_is_sent_again(
    alice, bob, shared, others
):
    """Others made a change before the own one, so that neither was heard yet."""
    alice.write("one", "one")
    settled(alice, bob)
    alice.write("alice", "alice's")
    bob.write("bob", "bob's")
    carol = Client(bob.root.parent.parent / "carol", shared)

    def go_back() -> None:
        shared.journal.go_back(FOLDER, 1)
        for name in others:
            carol.write(name, name)
        settled(carol)

    def meanwhile() -> None:
        settled(bob)
        shared.afterwards = go_back

    shared.meanwhile = meanwhile
    settled(alice, bob, carol, alice, bob, carol)

    names = sorted(["alice", "bob", "one", *others])
    assert [sorted(each.shown()) for each in (alice, bob, carol)] == [names] * 3
