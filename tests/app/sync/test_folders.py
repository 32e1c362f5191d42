"""Folders over HTTP: made, changed, read from any number on, and as they were."""

import gc
import json
import tracemalloc
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mediashare.storage.models import Blob
from sync.protocol.folders import Comparison
from sync.server import feed
from sync.server.journal import postgresql
from sync.server.models import FolderBlob, Incoming, JournalEntry, JournalLine, Member
from tests.app.sync.changing import NOON, identity
from tests.app.sync.syncing import Computer, new_file, new_folder, sha256, without
from tests.people import person
from tests.uploading import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(alice):
    computer = Computer(alice)
    computer.make_folder("Papers")
    return computer


def hold(folder_id, owner, *contents):
    """Let the folder hold these, as if they had been sent."""
    for content in contents:
        digest = sha256(content)
        blob = Blob.objects.create(
            owner=owner, key=f"folders/{folder_id}/x/{digest}", size_bytes=len(content)
        )
        FolderBlob.objects.create(folder_id=folder_id, sha256=digest, blob=blob)


def test_a_folder_is_listed_for_its_members(hers, alice, bob):
    his = Computer(bob)
    Member.objects.create(folder_id=hers.folder_id, user=bob, role=Member.Role.READER)
    hers.commit(new_folder("docs"))

    listed = his.client.get("/sync/v1/folders").json()["folders"]

    assert listed == [his.client.get(f"/sync/v1/folders/{hers.folder_id}").json()]
    assert listed[0]["name"] == "Papers"
    assert listed[0]["role"] == "reader"
    assert listed[0]["owner"] == "Alice"
    assert listed[0]["head"] == 1
    assert Computer(person("carol")).client.get("/sync/v1/folders").json() == {"folders": []}


def test_a_folder_is_made_once_however_often_its_request_is_sent(alice):
    client = Computer(alice).client

    made = [
        client.post(
            "/sync/v1/folders", {"name": "Papers"}, format="json", HTTP_IDEMPOTENCY_KEY="one"
        )
        for _ in range(2)
    ]

    assert made[0].json()["id"] == made[1].json()["id"]
    assert len(client.get("/sync/v1/folders").json()["folders"]) == 1


def test_a_token_without_the_scope_may_do_nothing(alice, client):
    secret = token_of(alice, "read", "write", "upload")

    answer = client.get("/sync/v1/folders", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 403


def test_every_answer_kind_is_said_as_documented(hers, alice):
    hold(hers.folder_id, alice, b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))
    present = {
        "entry": identity("notes.txt"),
        "number": 1,
        "state": new_file("notes.txt", b"dear bob")["after"],
    }

    said = hers.commit(
        new_folder("docs"),
        without("notes.txt", 7),
        {**new_folder("other"), "after": {"kind": "folder", "parent": "", "name": "docs"}},
        new_file("lost.txt", b"never sent"),
    )

    taken = {"entry": identity("docs"), "number": 2, "state": new_folder("docs")["after"]}
    assert said["head"] == 2
    assert said["answers"][0] == {"answer": "accepted", "number": 2}
    assert said["answers"][1] == {"answer": "conflict", "present": present}
    assert said["answers"][2]["answer"] == "refused"
    assert said["answers"][2]["problem"] == "name-taken"
    assert said["answers"][2]["occupant"] == taken
    assert said["answers"][3]["problem"] == "no-bytes"


def test_changes_are_read_after_a_number(hers, alice, monkeypatch):
    monkeypatch.setattr(feed, "MOST_LINES", 2)
    for name in "abc":
        hers.commit(new_folder(name))

    first = hers.get("/changes?since=0").json()
    second = hers.get("/changes?since=2").json()

    assert [line["number"] for line in first["lines"]] == [1, 2]
    assert [line["number"] for line in second["lines"]] == [3]
    assert first["head"] == second["head"] == 3
    assert second["lines"][0]["author"] == {"user": str(alice.pk), "name": "Alice"}
    # By the key of the change that they follow, who heard of another with that number finds out.
    assert second["since_key"] == first["lines"][-1]["key"]
    last = second["lines"][-1]["key"]
    assert hers.get("/changes?since=3").json() == {"lines": [], "head": 3, "since_key": last}


def test_who_commits_hears_which_changes_theirs_follow(hers):
    taken = new_folder("a") | {"key": identity("another"), "entry": identity("other")}
    first = hers.commit(new_folder("a"), new_folder("b"))
    second = hers.commit(taken, new_folder("c"))
    third = hers.commit(taken | {"key": identity("once more")})

    assert (first["key"], "since_key" in first) == (hers.key_of(2), False)
    assert [each["answer"] for each in second["answers"]] == ["refused", "accepted"]
    assert (second["since_key"], second["key"]) == (hers.key_of(2), hers.key_of(3))
    assert third.keys() == {"answers", "head"}


@pytest.mark.parametrize("query", ["since=-1", "since=x", "since=1e3", "since=" + "9" * 30])
def test_a_number_that_is_none_is_malformed(query, hers):
    answer = hers.get(f"/changes?{query}")

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/malformed"


def test_a_tree_is_between_its_number_and_its_count(hers):
    hers.commit(new_folder("docs"), new_folder("papers"))
    hers.commit(without("docs", 1))

    assert hers.tree() == [
        {"head": 3, "key": hers.key_of(3)},
        {"entry": identity("papers"), "number": 2, "state": new_folder("papers")["after"]},
        {"count": 1},
    ]


def test_a_tree_is_told_as_it_was(hers):
    hers.commit(new_folder("docs"))
    hers.commit(new_folder("papers"))
    hers.commit(without("docs", 1))

    assert hers.tree("?at=0") == [{"head": 0}, {"count": 0}]
    assert [line.get("entry") for line in hers.tree("?at=1")] == [None, identity("docs"), None]
    assert hers.tree("?at=99")[0] == {"head": 3, "key": hers.key_of(3)}


def test_what_is_not_as_somebody_knows_it_is_told(hers):
    hers.commit(new_folder("docs"))
    hers.commit(new_folder("papers"))
    nothing = sha256(b"")
    fields = identity("docs"), "1", "folder", "", "docs"
    docs = sha256("\0".join(fields).encode() + b"\n")

    first, *told, last = hers.compare(nothing)
    assert [line["entry"] for line in told[1:]] == sorted([identity("docs"), identity("papers")])
    assert first == {"head": 2, "key": hers.key_of(2)}
    assert (told[0], last) == ({"part": 0}, {"count": 3})
    assert hers.compare(docs, at=1) == [{"head": 1, "key": hers.key_of(1)}, {"count": 0}]
    assert hers.compare(*[nothing] * 16, at=0) == [{"head": 0}, {"count": 0}]
    assert hers.post("/compare", {"digests": [nothing] * 2}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/commit", b'{"changes": [{"more": ' + b"[" * 20_000),
        ("/blobs/abandon", rb'{"keys": ["\u0000"]}'),
        (
            "/blobs/complete",
            rb'{"key": "\u0000", "parts": [{"number": 1, "sha256": "%s="}]}' % (b"A" * 43),
        ),
    ],
    ids=["nested without end", "a key that no text can be", "another"],
)
def test_what_nobody_can_mean_is_refused(hers, path, body):
    address = f"/sync/v1/folders/{hers.folder_id}{path}"

    answer = hers.client.post(address, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/malformed"


def test_who_compares_what_is_the_same_hears_meanwhile_that_it_goes_on(hers):
    hers.commit(new_folder("docs"))
    folder_id, nothing = uuid.UUID(hers.folder_id), sha256(b"")
    chunks = feed.comparison(folder_id, Comparison([nothing] * 256))

    with CaptureQueriesContext(connection) as asked:
        first = next(chunks)
    parts = 256 // feed.QUIET_PARTS
    assert json.loads(first)["head"] == 1
    assert not any('"taken"' in query["sql"] for query in asked)
    rest = list(chunks)
    assert len(rest) >= parts
    # Blanks at the end of a line: who reads line by line sees nothing of them.
    assert len((first + b"".join(rest)).splitlines()) == 4
    assert hers.compare(*[nothing] * 256)[-1] == {"count": 2}


def test_a_tree_is_told_as_it_was_at_a_time(hers):
    hers.commit(new_folder("docs"))
    hers.commit(new_folder("papers"))
    JournalLine.objects.filter(number=2).update(at=NOON)
    JournalLine.objects.filter(number=1).update(at=NOON - timedelta(hours=1))

    assert hers.tree("?time=2026-11-24T10:59:59Z")[-1] == {"count": 0}
    assert hers.tree("?time=2026-11-24T11:30:00Z")[-1] == {"count": 1}
    assert hers.tree("?time=2026-11-24T14:00:00%2B02:00")[-1] == {"count": 2}
    assert hers.get("/tree?time=yesterday").status_code == 400
    assert hers.get("/tree?time=2026-11-24T14:00:00").status_code == 400


def test_the_versions_of_a_file_are_read_from_the_last_one_on(hers, alice):
    hold(hers.folder_id, alice, b"dear bob", b"dear carol")
    hers.commit(new_file("notes.txt", b"dear bob"))
    hers.commit(new_folder("docs"), new_file("notes.txt", b"dear carol", base=1))

    path = f"/entries/{identity('notes.txt')}/history"
    lines = hers.get(path).json()["lines"]

    assert [line["number"] for line in lines] == [3, 1]
    assert hers.get(f"{path}?before=3").json()["lines"] == lines[1:]
    assert hers.get("/entries/no-identity/history").status_code == 400


def test_a_version_is_put_back_by_a_change_like_any_other(hers, alice):
    hold(hers.folder_id, alice, b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))
    hers.commit(without("notes.txt", 1))

    back = {**new_file("notes.txt", b"dear bob", base=2), "key": identity("back")}

    assert hers.commit(back)["answers"] == [{"answer": "accepted", "number": 3}]


@pytest.mark.parametrize(
    "name", ["", " ", "Papers ", "Pa\0pers", "Papers\n", "Papers\n\nPay here", "Pa\u202epers"]
)
def test_a_folder_has_a_name_that_people_can_read(hers, name):
    made = hers.client.post("/sync/v1/folders", {"name": name})
    renamed = hers.client.patch(f"/sync/v1/folders/{hers.folder_id}", {"name": name}, format="json")

    assert (made.status_code, renamed.status_code) == (400, 400)
    assert hers.get().json()["name"] == "Papers"


def test_a_change_that_is_malformed_is_not_decided(hers):
    good = new_folder("docs")

    answer = hers.post("/commit", {"changes": [good, {**good, "base": -1}]})

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/malformed"
    assert "$.changes[1].base" in answer.json()["detail"]
    assert hers.get("/changes").json()["head"] == 0


def test_more_than_fits_into_a_request_is_refused(hers, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert (
        hers.post("/commit", {"changes": [new_folder(str(n)) for n in range(9)]}).status_code == 413
    )


def test_a_thousand_changes_are_as_many_statements_as_one(hers, alice, monkeypatch):
    """With bytes that arrived in one piece: leave, S3's word, blobs, lines and entries."""
    folder_id = uuid.UUID(hers.folder_id)
    hers.commit(new_folder("the first commit makes the folder's head"))
    counts = []
    for size in (1, 1000):
        contents = [f"{size} {number}".encode() for number in range(size)]
        batch = uuid.uuid4()
        rows = [
            Incoming(
                folder_id=folder_id,
                sender="x",
                batch=batch,
                sha256=sha256(each),
                size_bytes=len(each),
                expires_at=timezone.now(),
            )
            for each in contents
        ]
        Incoming.objects.bulk_create(rows)
        alice.reserve(sum(map(len, contents)))
        stored = [(row.key, row.size_bytes) for row in rows]
        monkeypatch.setattr("mediashare.aws.s3.sizes", lambda stored=stored, **_: stored)

        with CaptureQueriesContext(connection) as queries:
            said = hers.commit(*[new_file(each.decode(), each) for each in contents])
        assert {each["answer"] for each in said["answers"]} == {"accepted"}
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 40, counts


def test_asking_for_a_thousand_contents_is_as_many_statements_as_for_one(hers):
    counts = []
    for size in (1, 1000):
        with CaptureQueriesContext(connection) as queries:
            answer = hers.ask(*[f"{size} {number}".encode() for number in range(size)])
        assert answer.status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 20, counts


@pytest.mark.parametrize(("at", "count"), [(None, 4), (5, 5)])
def test_a_tree_is_read_a_stretch_at_a_time_and_nothing_is_held_for_it(
    hers, monkeypatch, at, count
):
    monkeypatch.setattr(postgresql, "STREAMED_AT_ONCE", 2)
    hers.commit(*(new_folder(name) for name in "abcde"))
    hers.commit(without("a", 1))

    tree = postgresql.PostgresqlJournal().tree(uuid.UUID(hers.folder_id), at=at)

    found = [next(tree).entry]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_cursors")
        assert cursor.fetchone() == (0,)
    found += [each.entry for each in tree]
    assert found == sorted(map(identity, "abcde"[5 - count :]))


def test_a_large_tree_is_streamed_in_little_memory(hers):
    folder_id = uuid.UUID(hers.folder_id)
    JournalEntry.objects.bulk_create(
        JournalEntry(
            folder=folder_id,
            entry=f"{number:032x}",
            number=number,
            kind="folder",
            name=f"folder {number}",
            taken=f"folder {number}",
        )
        for number in range(1, 10_001)
    )
    gc.collect()
    tracemalloc.start()

    lines = sum(chunk.count(b"\n") for chunk in feed.tree(folder_id, None))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 10_002
    assert peak < 3 * 2**20
