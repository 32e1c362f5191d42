"""What is decided when both sides changed: one case for each row of the table in `merge`."""

from itertools import count

import pytest
from msgspec.structs import replace

from sync.planner.disk import LINUX, MACOS, WINDOWS
from sync.planner.names import PARKED
from sync.planner.plan import Deed, Side, Terms, plan
from sync.planner.tree import ROOT, Content, Entry, Kind, Place, path_of


def folder(name, parent=ROOT):
    return Entry(Kind.FOLDER, Place(parent, name))


def file(name, content="old", parent=ROOT):
    return Entry(Kind.FILE, Place(parent, name), Content(content, 1))


def terms(**fields):
    numbers = count()
    return Terms(lambda: f"new-{next(numbers)}", "anna, 2026-11-22", **fields)


def planned(base, local, remote, **fields):
    return plan(base, local, remote, terms(**fields))


def done(base, local, remote, **fields):
    """The paths and contents on both sides after all steps of a plan."""
    found = planned(base, local, remote, **fields)
    trees = {Side.HERE: dict(local), Side.THERE: dict(remote)}
    for call in found.calls:
        trees[Side.HERE][call.new] = trees[Side.HERE].pop(call.old)
    for step in found.steps:
        tree = trees[step.side]
        assert tree.get(step.identity) == step.before, step
        tree.pop(step.identity, None)
        if step.after:
            tree[step.identity] = step.after
    return shown(trees[Side.HERE]), shown(trees[Side.THERE])


def shown(tree):
    return {
        "/".join(path_of(tree, key)): entry.content.sha256 if entry.content else None
        for key, entry in tree.items()
    }


def test_nothing_to_do():
    tree = {"f": folder("docs"), "n": file("notes", parent="f")}

    assert planned(tree, tree, tree).is_empty


def test_what_is_new_on_either_side_comes_to_the_other():
    here, there = done({}, {"a": file("a")}, {"b": file("b")})

    assert here == there == {"a": "old", "b": "old"}


def test_a_renamed_folder_is_one_step_however_much_is_in_it():
    inside = {f"n{number}": file(f"n{number}", parent="f") for number in range(1000)}
    base = {"f": folder("docs"), **inside}
    local = {"f": folder("papers"), **inside}

    [step] = planned(base, local, base).steps

    assert (step.side, step.before, step.after) == (Side.THERE, folder("docs"), folder("papers"))
    assert step.reason == "moved here"


def test_of_two_edits_both_are_kept_and_the_copy_says_whose_it_is():
    base = {"n": file("notes.txt")}

    here, there = done(base, {"n": file("notes.txt", "mine")}, {"n": file("notes.txt", "theirs")})

    assert here == there == {"notes.txt": "theirs", "notes (anna, 2026-11-22).txt": "mine"}


def test_a_name_of_a_copy_is_not_one_that_is_taken():
    base = {"n": file("a.tar.gz"), "o": file("a (anna, 2026-11-22).tar.gz")}

    here, _ = done(
        base,
        base | {"n": file("a.tar.gz", "mine")},
        base | {"n": file("a.tar.gz", "theirs")},
    )

    assert here["a (anna, 2026-11-22 2).tar.gz"] == "mine"


@pytest.mark.parametrize("changed", [file("notes", "edited"), file("renamed")])
def test_what_one_side_changed_and_the_other_deleted_stays(changed):
    base = {"n": file("notes")}

    deleted_here = done(base, {}, {"n": changed})
    deleted_there = done(base, {"n": changed}, {})

    stays = shown({"n": changed})
    assert deleted_here == deleted_there == (stays, stays)


def test_a_deleted_folder_stays_for_what_came_into_it():
    base = {"f": folder("docs"), "n": file("notes", parent="f")}
    remote = base | {"m": file("more", parent="f")}

    here, there = done(base, {}, remote)

    assert here == there == {"docs": None, "docs/more": "old"}


def test_of_two_moves_the_remote_one_counts():
    base = {"n": file("notes")}

    here, there = done(base, {"n": file("mine")}, {"n": file("theirs")})

    assert here == there == {"theirs": "old"}


def test_folders_that_were_moved_into_each_other_are_where_they_are_remotely():
    base = {"a": folder("a"), "b": folder("b")}
    local = {"a": folder("a", parent="b"), "b": folder("b")}
    remote = {"a": folder("a"), "b": folder("b", parent="a")}

    here, there = done(base, local, remote)

    assert here == there == {"a": None, "a/b": None}


def test_three_folders_in_a_ring_come_apart():
    base = {name: folder(name) for name in "abc"}
    local = base | {"a": folder("a", parent="b"), "b": folder("b", parent="c")}
    remote = base | {"c": folder("c", parent="a")}

    here, there = done(base, local, remote)

    assert here == there
    assert {path.split("/")[-1] for path in here} == set("abc")


RING = {
    "a": folder("a", parent="c"),
    "b": folder("b", parent="a"),
    "c": folder("c", parent="b"),
    "n": file("notes", parent="b"),
}


@pytest.mark.parametrize(
    "sides",
    [({}, {}, RING), ({}, RING, {}), ({}, RING, RING), (RING, RING, RING), (RING, {}, RING)],
    ids=["there", "here", "on both sides", "everywhere", "and it is gone here"],
)
def test_folders_that_only_broken_records_have_in_one_another_do_not_keep_a_plan_busy(sides):
    base, local, remote = sides

    found = planned(base, local, remote | {"other": file("other")})

    assert any(step.identity == "other" for step in found.steps)


def test_folders_that_are_recorded_to_be_in_one_another_come_to_the_top_with_what_is_in_them():
    found = planned({}, {}, RING)

    tree = dict(RING)
    for step in found.steps:
        if step.side == Side.THERE:
            tree[step.identity] = step.after
    assert shown(tree) == {"a": None, "a/b": None, "a/b/c": None, "a/b/notes": "old"}
    assert {step.identity for step in found.steps if step.side == Side.HERE} == set(RING)


def test_a_moved_and_an_edited_file_is_both():
    base = {"f": folder("docs"), "n": file("notes")}

    here, there = done(
        base, base | {"n": file("notes", parent="f")}, base | {"n": file("notes", "edited")}
    )

    assert here == there == {"docs": None, "docs/notes": "edited"}


def test_whoever_lets_a_file_be_run_has_not_edited_it():
    base = {"n": file("tool")}
    runs = replace(base["n"], content=Content("old", 1, is_executable=True))
    edited = {"n": file("tool", "new")}

    found = planned(base, {"n": runs}, edited)

    assert {step.side: step.after.content for step in found.steps} == {
        side: Content("new", 1, is_executable=True) for side in Side
    }


def test_two_new_files_of_one_name_are_both_there():
    base = {"m": file("moved")}

    here, there = done(base, {"m": file("notes")}, base | {"n": file("notes", "theirs")})

    assert here == there == {"notes": "theirs", "notes (anna, 2026-11-22)": "old"}


def test_a_folder_that_is_new_on_both_sides_is_one():
    local = {"x": folder("docs"), "y": file("notes", parent="x"), "z": file("mine", parent="x")}
    remote = {"f": folder("docs"), "n": file("notes", parent="f")}

    found = planned({}, local, remote)

    assert {(call.old, call.new) for call in found.calls} == {("x", "f"), ("y", "n")}
    [step] = found.steps
    assert (step.side, step.identity, step.after) == (Side.THERE, "z", file("mine", parent="f"))


def test_a_file_may_take_the_place_of_a_folder():
    base = {"f": folder("docs"), "n": file("notes", parent="f")}
    local = {"x": file("docs", "mine"), "n": file("kept")}

    here, there = done(base, local, base)

    assert here == there == {"docs": "mine", "kept": "old"}


def test_two_names_can_be_exchanged_and_an_interruption_in_between_is_made_good():
    base = {"a": file("a", "1"), "b": file("b", "2")}
    local = {"a": file("b", "1"), "b": file("a", "2")}

    here, there = done(base, local, base)
    halfway = base | {"b": file(f"{PARKED}0-b", "2")}

    assert here == there == {"b": "1", "a": "2"}
    assert done(base, local, halfway) == (here, there)


def test_ten_thousand_names_can_each_move_up_by_one():
    base = {f"p{number}": file(f"{number}") for number in range(10_000)}
    local = {f"p{number}": file(f"{number + 1}") for number in range(10_000)}

    assert len(planned(base, local, base).steps) == 10_000


def test_names_that_a_system_cannot_hold_stay_away_from_it_alone():
    remote = {
        "a": file("aux.txt"),
        "b": file("what?"),
        "c": file("Notes"),
        "d": file("notes"),
        "e": Entry(Kind.LINK, Place(ROOT, "link"), Content("target", 1)),
        "f": file("ends."),
    }

    found = planned({}, {}, remote, disk=WINDOWS)

    assert [step.identity for step in found.steps] == ["c"]
    assert found.problems == {
        "a": "this system keeps the name for itself",
        "b": "names cannot have '?' here",
        "d": "this disk cannot tell it from 'Notes'",
        "e": "this system has no symbolic links",
        "f": "names cannot end with '.' here",
    }
    assert not planned({}, {}, remote, disk=LINUX).problems


def test_a_folder_that_is_not_wanted_any_more_goes_here_and_stays_there():
    base = {"f": folder("docs"), "n": file("notes", parent="f")}

    found = planned(base, base, base, unwanted=frozenset({"f"}))

    assert [(step.side, step.identity, step.after) for step in found.steps] == [
        (Side.HERE, "n", None),
        (Side.HERE, "f", None),
    ]
    assert {(each.identity, each.entry) for each in found.agreed} == {("f", None), ("n", None)}


@pytest.mark.parametrize(("left", "asks"), [(10, False), (9, True)])
def test_it_asks_before_most_of_a_tree_goes(left, asks):
    base = {f"n{number}": file(f"n{number}") for number in range(20)}
    few = dict(list(base.items())[:left])

    assert bool(planned(base, few, base).asks) == asks
    assert bool(planned(base, base, few).asks) == asks


def test_what_was_taken_away_and_is_put_back_is_what_it_was():
    """As a disk that was away, or files that somebody moved aside; a look in between saw none."""
    base = {"f": folder("docs")} | {f"n{n}": file(f"notes {n}", parent="f") for n in range(30)}
    back = {"f2": folder("docs")} | {f"m{n}": file(f"notes {n}", parent="f2") for n in range(30)}
    assert planned(base, {}, base).asks

    found = planned(base, back, base)

    assert (found.asks, found.steps) == ("", ())
    assert {call.old: call.new for call in found.calls} == {
        "f2": "f",
        **{f"m{n}": f"n{n}" for n in range(30)},
    }


def test_what_was_put_back_with_other_content_is_an_edit():
    base = {"n": file("notes")}

    found = planned(base, {"m": file("notes", "new")}, base)

    assert [(step.identity, step.deed) for step in found.steps] == [("n", Deed.EDIT)]
    here, there = done(base, {"m": file("notes", "mine")}, {"n": file("notes", "theirs")})
    assert here == there == {"notes": "theirs", "notes (anna, 2026-11-22)": "mine"}


def test_records_of_two_at_one_place_do_not_stop_a_plan():
    """One of them went since, and a disk that takes no notice of capitals gave its place away."""
    tree = {"a": file("notes"), "b": file("Notes")}

    here, there = done(tree, tree, {}, disk=MACOS)

    assert here == there == {}
