"""A look at what was named alone finds that, and never takes for gone what nobody has named."""

import os

import pytest

from tests.unit.sync.client.here import Client, Shared


@pytest.fixture
def shared():
    return Shared()


@pytest.fixture
def alice(tmp_path, shared):
    client = Client(tmp_path / "alice", shared)
    for path in ("docs/a", "docs/deep/b", "docs/deep/c", "music/d", "e"):
        client.write(path, path)
    assert client.engine.sync().is_settled
    shared.sent.clear()
    return client


def identities(client):
    """Who is where, by path."""
    return {client.state.path(each): each for each in client.state.trees()[1]}


def test_only_what_was_named_is_looked_at(alice, shared):
    alice.write("docs/a", "edited here")
    alice.write("music/d", "edited too")

    report = alice.engine.sync(named=["docs/a"])

    assert report.is_settled
    assert shared.sent == ["a"]


def test_what_is_new_is_found_with_all_that_is_in_it(alice, shared):
    alice.write("docs/new/deeper/f", "f")
    alice.write("docs/new/g", "g")

    assert alice.engine.sync(named=["docs/new"]).is_settled
    assert sorted(shared.sent) == ["f", "g"]


def test_what_happens_in_what_is_not_known_yet_is_looked_for_above(alice, shared):
    alice.write("docs/new/deeper/f", "f")

    assert alice.engine.sync(named=["docs/new/deeper/f"]).is_settled
    assert shared.sent == ["f"]


def test_what_lies_behind_a_link_is_not_looked_at_though_it_is_named(alice, shared, tmp_path):
    """The system tells of it by a path that leads through the link."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "private").write_text("private")
    (elsewhere / "deep/private").write_text("private too")
    (alice.root / "link").symlink_to(elsewhere)
    os.utime(alice.root / "link", (10**9, 10**9), follow_symlinks=False)
    assert alice.engine.sync().is_settled
    before = identities(alice)

    report = alice.engine.sync(named=["link/private", "link/deep/private", "link/deep"])

    assert report.is_settled
    assert not report.problems
    assert not shared.sent
    assert identities(alice) == before


def test_a_folder_that_is_renamed_is_one_change(alice, shared):
    before = identities(alice)
    (alice.root / "docs").rename(alice.root / "papers")

    report = alice.engine.sync(named=["docs", "papers"])

    assert report.done.total() == 1
    assert shared.sent == []
    assert identities(alice)["papers/deep/b"] == before["docs/deep/b"]


def test_a_file_that_is_moved_stays_what_it_is(alice, shared):
    before = identities(alice)
    (alice.root / "docs/deep/b").rename(alice.root / "music/b")

    report = alice.engine.sync(named=["docs/deep/b", "music/b"])

    assert report.done.total() == 1
    assert identities(alice)["music/b"] == before["docs/deep/b"]


def test_a_folder_of_which_only_the_old_place_was_named_is_not_taken_for_gone(alice):
    before = identities(alice)
    (alice.root / "docs").rename(alice.root / "music/docs")

    report = alice.engine.sync(named=["docs"])

    assert report.done.total() == 1
    assert identities(alice)["music/docs/deep/b"] == before["docs/deep/b"]


def test_a_second_name_of_a_file_elsewhere_is_a_file_of_its_own(alice):
    before = identities(alice)
    os.link(alice.root / "docs/deep/b", alice.root / "music/b")

    alice.engine.sync(named=["music/b"])

    assert identities(alice)["docs/deep/b"] == before["docs/deep/b"]
    assert identities(alice)["music/b"] != before["docs/deep/b"]


def test_what_was_removed_is_gone(alice, shared):
    (alice.root / "docs/a").unlink()

    assert alice.engine.sync(named=["docs/a"]).is_settled
    assert "docs/a" not in identities(alice)


def test_rules_of_the_folders_above_count(alice, shared):
    alice.write(".mediashareignore", "*.tmp\n")
    alice.engine.sync()
    shared.sent.clear()
    alice.write("docs/deep/x.tmp", "x")

    alice.engine.sync(named=["docs/deep/x.tmp"])

    assert shared.sent == []


def test_what_was_left_out_elsewhere_is_still_said(alice):
    os.mkfifo(alice.root / "music/pipe")
    assert "music/pipe" in alice.engine.sync().problems

    alice.write("docs/a", "edited here")
    report = alice.engine.sync(named=["docs/a"])
    assert list(report.problems) == ["music/pipe"]

    (alice.root / "music/pipe").unlink()
    assert alice.engine.sync(named=["music/pipe"]).problems == {}


def test_of_many_removals_a_small_part_needs_no_yes(alice):
    for number in range(60):
        alice.write(f"many/{number}", str(number))
    for number in range(20):
        alice.write(f"few/{number}", str(number))
    alice.engine.sync()

    for number in range(15):
        (alice.root / f"few/{number}").unlink()
    report = alice.engine.sync(named=[f"few/{number}" for number in range(15)])

    assert report.asks == ""
    assert report.is_settled


def test_a_folder_that_goes_while_it_is_looked_at_is_looked_for(alice, monkeypatch):
    before = identities(alice)
    look = alice.disk.list

    def go_before(folder):
        if folder == "" and (alice.root / "docs/a").exists():
            (alice.root / "docs").rename(alice.root / "music/docs")
            alice.write("docs", "a file of this name")
        return look(folder)

    monkeypatch.setattr(alice.disk, "list", go_before)
    alice.engine.sync(named=["docs/a", "e"])

    assert identities(alice)["music/docs"] == before["docs"]
