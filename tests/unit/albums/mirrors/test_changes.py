"""A folder holds what an album shows: one file for each item, under a name of its own."""

from albums.mirrors.changes import Original, Wish, wishes
from sync.protocol.messages import File, Revision

LONG = "a" * 200 + ".jpg"


def original(entry, name, sha256="s"):
    return Original(entry, name, sha256, 1, 0)


def settled(album, present=None):
    """The folder once all wishes for an album were granted, and how many there were."""
    present = dict(present or {})
    todo = list(wishes(present, album))
    for number, wish in enumerate(todo, 100):
        if wish.after is None:
            present[wish.entry] = Revision(wish.entry, number, present[wish.entry].state, True)
        else:
            names = {each.state.name for each in present.values() if not each.is_deleted}
            before = present.get(wish.entry)
            own = before.state.name if before and not before.is_deleted else None
            assert wish.after.name not in names - {own}, "each must be possible by itself"
            present[wish.entry] = Revision(wish.entry, number, wish.after)
    return present, len(todo)


def names(present):
    return {entry: each.state.name for entry, each in present.items() if not each.is_deleted}


def test_names_that_are_taken_get_a_number():
    folder, _ = settled(
        [original("1", "sea.jpg"), original("2", "Sea.jpg"), original("3", "b.jpg")]
    )

    assert names(folder) == {"1": "sea.jpg", "2": "Sea (2).jpg", "3": "b.jpg"}


def test_the_second_look_changes_nothing():
    album = [original(str(number), LONG) for number in range(12)]
    album += [original("x", "sea.jpg"), original("y", "sea.jpg"), original("z", "a:b?.jpg")]
    folder, _ = settled(album)

    assert settled(album, folder)[1] == 0
    assert settled(album[::-1], folder)[1] == 0


def test_nothing_is_renamed_because_another_goes():
    first, second = original("1", "sea.jpg"), original("2", "sea.jpg")
    folder, _ = settled([first, second])

    folder, count = settled([second], folder)

    assert names(folder) == {"2": "sea (2).jpg"}
    assert count == 1


def test_what_is_renamed_or_edited_stays_the_same_file():
    folder, _ = settled([original("1", "sea.jpg")])

    renamed = list(wishes(folder, [original("1", "beach.jpg")]))
    edited = list(wishes(folder, [original("1", "sea.jpg", "t")]))

    assert renamed == [Wish("1", 100, File("", "beach.jpg", "s", 1))]
    assert edited == [Wish("1", 100, File("", "sea.jpg", "t", 1))]


def test_a_number_in_the_wanted_name_is_part_of_it():
    folder, _ = settled([original("1", "sea.jpg")])

    folder, _ = settled([original("1", "sea (2).jpg")], folder)

    assert names(folder) == {"1": "sea (2).jpg"}


def test_two_that_exchange_their_names_come_to_rest():
    folder, _ = settled([original("1", "a.jpg"), original("2", "b.jpg")])
    exchanged = [original("1", "b.jpg"), original("2", "a.jpg")]

    for _ in range(2):
        folder, count = settled(exchanged, folder)

    assert count == 0
    assert {name[0] for name in names(folder).values()} == {"a", "b"}


def test_what_comes_back_builds_on_its_deletion():
    folder, _ = settled([original("1", "sea.jpg")])
    folder, _ = settled([], folder)

    wish = next(wishes(folder, [original("1", "sea.jpg")]))

    assert wish.base == folder["1"].number
    assert isinstance(wish.after, File)
