"""The order in which entries can become what they are to be."""

from sync.protocol.messages import Revision
from sync.server.acts.ordering import Wish, steps
from tests.app.sync.changing import file, folder, identity


def wish(name, present, target, number=1):
    state = present or target
    return Wish(Revision(identity(name), number, state, present is None), target)


def ordered(*wishes, above=()):
    found, homeless = steps(wishes, {identity(name): folder(name) for name in above})
    names = {identity(each): each for each in "abcdef"}
    return [(names[each.entry], each.after) for each in found], [names[each] for each in homeless]


def test_a_folder_goes_after_what_was_in_it():
    a, b = wish("a", folder("a"), None), wish("b", file("b", "x", "a"), None)

    assert ordered(a, b) == ([("b", None), ("a", None)], [])


def test_a_folder_comes_before_what_is_put_into_it():
    inside, outside = file("b", "x", "a"), folder("a")

    found = ordered(wish("b", None, inside), wish("a", None, outside))

    assert found == ([("a", outside), ("b", inside)], [])


def test_two_names_are_exchanged_by_a_third():
    a, b = file("a", "x"), file("b", "y")

    found, _ = ordered(wish("a", a, file("b", "x")), wish("b", b, file("a", "y")))

    assert [entry for entry, _ in found].count("a") + len(found) >= 4
    assert dict(found) == {"a": file("b", "x"), "b": file("a", "y")}


def test_what_differs_in_place_and_content_gets_both():
    before, after = file("a", "old"), file("b", "new", "c")

    found, _ = ordered(wish("a", before, after), above=["c"])

    assert found[-1] == ("a", after)


def test_what_would_be_in_no_folder_is_left_alone():
    lost, kept = wish("a", file("a", "x"), file("a", "x", "f")), wish("b", folder("b"), None)

    assert ordered(lost, kept) == ([("b", None)], ["a"])
