"""Folders changed in the browser: made, renamed, moved, deleted, and all of it undone."""

import pytest
from django.urls import reverse

from sync.server import sweeping, tasks
from sync.server.acts import doing, wishes, working
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Member
from tests.app.sync.changing import NOON, change, file, folder, identity
from tests.app.sync.committing import commit
from tests.app.website.foldering import BEFORE, post, present, tree, undo
from tests.people import person

pytestmark = pytest.mark.django_db


def test_a_folder_is_made_where_the_page_is(her, papers):
    page = post(her, papers, "directories", name="2027", **{"in": identity("accounts")})

    assert "“2027” was made" in page.content.decode()
    assert tree(papers) == BEFORE | {"Accounts/2027"}


def test_a_name_that_is_taken_or_that_no_disk_can_hold_is_refused(her, papers):
    taken = post(her, papers, "directories", name="a.txt")
    bad = post(her, papers, "directories", name="a/b")

    assert "taken there" in taken.content.decode()
    assert "No file can have this name" in bad.content.decode()
    assert tree(papers) == BEFORE


def test_a_rename_is_one_change_and_undone(her, papers):
    where = reverse("sync:name", args=[papers.pk, identity("accounts")])
    assert "Accounts" in her.get(where).content.decode()

    her.post(where, {"name": "Books"})
    assert "Books/2026/sums.ods" in tree(papers)
    assert get_journal().head(papers.pk) == 5

    undo(her, papers)
    assert tree(papers) == BEFORE


def test_several_are_moved_at_once(her, papers):
    where = {"to": identity("year")}
    chooser = post(her, papers, "moves", "a")
    page = post(her, papers, "moves", "a", **where)

    assert "Move “<bdi>a.txt</bdi>” to" in chooser.content.decode()
    assert "moved" in page.content.decode()
    assert "Accounts/2026/a.txt" in tree(papers)


def test_a_folder_is_not_moved_into_itself(her, papers):
    page = post(her, papers, "moves", "accounts", to=identity("year"))

    assert "cannot be in itself" in page.content.decode()
    assert tree(papers) == BEFORE


def test_a_folder_is_deleted_with_everything_in_it_and_comes_back(her, papers):
    page = post(her, papers, "deletions", "accounts", "a")
    assert "2 things were deleted" in page.content.decode()
    assert tree(papers) == set()

    undo(her, papers)
    assert tree(papers) == BEFORE

    # Undoing is an act as well.
    undo(her, papers)
    assert tree(papers) == set()


def test_what_was_changed_since_is_not_undone(her, papers):
    post(her, papers, "deletions", "a")
    commit(papers, change("a", 5, file("a.txt", "bob's")))

    undo(her, papers)

    assert present(papers, "a").state == file("a.txt", "bob's")
    assert wishes.CHANGED_SINCE in Act.objects.latest("created_at").left.values()


def test_a_name_that_somebody_took_meanwhile_is_left_to_them(her, papers):
    post(her, papers, "deletions", "a")
    commit(papers, change("other", 0, file("a.txt", "other")))

    page = undo(her, papers)

    assert "taken there" in page.content.decode()
    assert present(papers, "a").is_deleted


def test_who_reads_changes_nothing(client, papers):
    bob = person("bob")
    Member.objects.create(folder=papers, user=bob, role="reader")
    client.force_login(bob)

    for what in ("directories", "deletions", "moves"):
        assert post(client, papers, what, "a", name="x").status_code == 403
    assert tree(papers) == BEFORE


@pytest.fixture
def begun(papers, alice, monkeypatch):
    """A deletion of fifty files in batches of ten, of which the first is done."""
    monkeypatch.setattr(working, "MOST_CHANGES", 10)
    monkeypatch.setattr(working, "IN_A_REQUEST", 10)
    many = [change(f"n{number}", 0, folder(f"n{number}", "year")) for number in range(50)]
    commit(papers, *many)
    wanted = {"entries": [identity("accounts")]}
    begin = {"folder": papers, "user": alice, "wanted": wanted, "now": NOON}
    return doing.begin(kind=Act.Kind.DELETION, **begin)


def test_a_long_act_goes_on_by_itself_in_batches(begun, papers):
    assert (begun.done, begun.ended_at) == (10, None)

    assert not working.advance(begun.pk, clock=lambda: NOON, most=20)
    tasks.advance_act(act_id=str(begun.pk))

    begun.refresh_from_db()
    assert begun.done == 53
    assert tree(papers) == {"a.txt"}


def test_an_act_that_is_under_way_is_stopped_and_undone(begun, papers, alice, her):
    page = her.get(reverse("sync:folder", args=[papers.pk])).content.decode()
    assert "10 of 53 changes" in page

    doing.undo(act=begun, user=alice, now=NOON)

    assert tree(papers) > BEFORE
    assert len(tree(papers)) == 54
    assert working.advance(begun.pk, clock=lambda: NOON, most=99)


def test_an_act_that_was_forgotten_is_found_and_done_once(begun, papers):
    late = NOON + 2 * sweeping.PATIENCE

    assert sweeping.forgotten_acts(now=NOON) == []
    assert sweeping.forgotten_acts(now=late) == [begun.pk]
    assert working.advance(begun.pk, clock=lambda: late, most=99)
    assert working.advance(begun.pk, clock=lambda: late, most=99)

    head = get_journal().head(papers.pk)
    assert head == 4 + 50 + 53
    assert sweeping.forgotten_acts(now=late) == []


def test_an_act_is_held_for_as_long_as_its_batches_come(begun, monkeypatch):
    """However slow: others, and an undo, would count on its last batch being written."""
    moments, are_free, commit_batch = [NOON], [], working.commit

    def commit_slowly(*batch, now):
        moments.append(moments[-1] + 0.9 * working.LEASE)
        are_free.append(Act.objects.free(moments[-1]).exists())
        return commit_batch(*batch, now=now)

    monkeypatch.setattr(working, "commit", commit_slowly)

    assert working.advance(begun.pk, clock=lambda: moments[-1], most=99)
    assert are_free == [False] * 5


def test_whoever_is_let_go_meanwhile_changes_no_more(begun, papers):
    Member.objects.filter(folder=papers).update(role="reader")

    working.advance(begun.pk, clock=lambda: NOON, most=99)

    begun.refresh_from_db()
    assert (begun.done, begun.left) == (10, {"": working.NO_MORE_RIGHT})
    assert len(tree(papers)) == 44
