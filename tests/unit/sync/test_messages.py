"""What may be said at all: messages that are malformed are not decided on."""

from typing import Any

import msgspec
import pytest

from sync.protocol.folders import NewFolder
from sync.protocol.messages import Change, Commit, File, Revision
from sync.protocol.people import NewName

FINE: dict[str, Any] = {
    "key": "a" * 32,
    "entry": "b" * 32,
    "base": 0,
    "after": {
        "kind": "file",
        "parent": "",
        "name": "notes.txt",
        "sha256": "c" * 64,
        "size_bytes": 3,
    },
}


def read(message):
    return msgspec.json.decode(msgspec.json.encode(message), type=Change)


def test_a_change_is_read_as_it_was_written():
    change = read(FINE)

    assert change.after == File("", "notes.txt", "c" * 64, 3)
    assert read(change) == change


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "a" * 31},
        {"key": "a" * 32 + "\n"},
        {"entry": "B" * 32},
        {"entry": ""},
        {"base": -1},
        {"base": "1"},
        {"after": {}},
        {"after": {**FINE["after"], "kind": "socket"}},
        {"after": {**FINE["after"], "name": ""}},
        {"after": {**FINE["after"], "name": "n" * 766}},
        {"after": {**FINE["after"], "sha256": "C" * 64}},
        {"after": {**FINE["after"], "size_bytes": 2**43}},
        {"after": {"kind": "link", "parent": "", "name": "latest"}},
        {"after": {"kind": "link", "parent": "", "name": "latest", "target": "2026\0/a"}},
        {"after": {"kind": "folder", "parent": "root", "name": "docs"}},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_what_is_malformed_is_not_read(wrong):
    with pytest.raises(msgspec.ValidationError):
        read({**FINE, **wrong})


@pytest.mark.parametrize("kind", [NewFolder, NewName])
@pytest.mark.parametrize("name", ["Tax\0", "Tax\n", " Tax", "Tax\u202e"])
def test_a_folder_has_no_name_that_databases_or_mails_do_not_hold(kind, name):
    assert msgspec.convert({"name": "Tax 2026"}, kind).name == "Tax 2026"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name}, kind)


def test_half_a_character_is_not_read():
    with pytest.raises(msgspec.MsgspecError):
        msgspec.json.decode(b'"\\ud800"', type=str)


def test_a_commit_has_its_limit():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"changes": [FINE] * 1001}), type=Commit)


def test_of_a_deleted_entry_there_is_nothing_now():
    state = File("", "notes.txt", "c" * 64, 3)

    assert Revision("b" * 32, 1, state).now == state
    assert Revision("b" * 32, 2, state, is_deleted=True).now is None
