"""Bytes come to a folder by S3, once, and are counted on its owner."""

from datetime import datetime, timedelta

import httpx
import pytest
from django.conf import settings
from django.http import Http404
from django.utils import timezone

from mediashare.aws import multipart, s3
from mediashare.storage import unused
from mediashare.storage.models import Blob
from sync.server import granting, holdings, permissions, settling, sweeping
from sync.server.models import Folder, FolderBlob, Incoming, Member
from tests.app.sync.syncing import Computer, new_file, new_folder, put, sha256
from tests.people import person
from tests.uploading import digest_of, s3_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

LATER = timedelta(days=2)


@pytest.fixture
def hers(alice):
    """Alice's computer, with a folder."""
    computer = Computer(alice)
    computer.make_folder("Papers")
    return computer


@pytest.fixture
def his(hers, bob):
    """Bob's computer, with Alice's folder, which he may change."""
    Member.objects.create(folder_id=hers.folder_id, user=bob, role=Member.Role.EDITOR)
    return Computer(bob, hers.folder_id)


def room(user):
    user.refresh_from_db()
    return user.used_bytes, user.reserved_bytes


def test_a_file_is_asked_for_sent_and_committed(hers, alice):
    assert hers.send(b"dear bob", b"") == ["put", "put"]
    assert room(alice) == (0, 8)

    committed = hers.commit(new_file("notes.txt", b"dear bob"), new_file("empty", b""))

    assert committed["answers"] == [
        {"answer": "accepted", "number": 1},
        {"answer": "accepted", "number": 2},
    ]
    assert committed["head"] == 2
    assert room(alice) == (8, 0)
    assert Incoming.objects.count() == 0


def test_what_is_held_is_not_sent_again(hers):
    hers.send(b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))

    assert hers.send(b"dear bob", b"new") == ["held", "put"]
    assert hers.commit(new_file("copy.txt", b"dear bob"))["answers"][0]["answer"] == "accepted"


def test_a_file_that_nobody_sent_is_refused_and_its_room_stays_reserved(hers, alice):
    hers.ask(b"dear bob")

    answers = hers.commit(new_file("notes.txt", b"dear bob"), new_folder("docs"))["answers"]

    assert answers[0]["problem"] == "no-bytes"
    assert answers[1] == {"answer": "accepted", "number": 1}
    assert room(alice) == (0, 8)


def test_asking_again_gives_the_same_leave_and_reserves_once(hers, alice):
    first, second = (hers.ask(b"dear bob").json()["grants"][0] for _ in range(2))

    assert first["key"] == second["key"]
    assert room(alice) == (0, 8)
    put(first["url"], b"dear bob").raise_for_status()
    assert put(second["url"], b"dear bob").status_code == 412


def test_contents_asked_for_twice_in_one_request_are_one(hers, alice):
    grants = hers.ask(b"dear bob", b"dear bob").json()["grants"]

    assert grants[0] == grants[1]
    assert room(alice) == (0, 8)


def test_the_same_bytes_from_two_people_are_stored_and_counted_once(hers, his, alice):
    hers.send(b"dear carol")
    his.send(b"dear carol")
    assert room(alice) == (0, 20)

    hers.commit(new_file("hers.txt", b"dear carol"))
    his.commit(new_file("his.txt", b"dear carol"))

    assert Blob.objects.filter(owner=alice).count() == 1
    assert room(alice) == (10, 0)
    spare = Incoming.objects.get()
    sweeping.expire_incoming(now=timezone.now() + LATER)
    assert not list(s3.keys(bucket=_bucket(), prefix=spare.prefix))
    assert room(alice) == (10, 0)


def test_what_its_owner_has_on_the_site_is_not_sent(hers, alice):
    content = b"a photo"
    Blob.objects.create(
        owner=alice,
        key="originals/x/y/original",
        size_bytes=len(content),
        sha256=sha256(content),
        sha256_checked_at=timezone.now(),
        content_type="image/jpeg",
    )

    assert hers.send(content) == ["held"]
    assert hers.commit(new_file("photo.jpg", content))["answers"][0]["answer"] == "accepted"
    address = hers.post("/blobs/addresses", {"sha256": [sha256(content)]}).json()["addresses"][0]
    assert address["key"] == ""
    assert "originals/x/y/original" in address["url"]


def test_nobody_else_finds_out_by_a_digest_what_the_owner_has(hers, his, alice):
    content = b"a photo"
    Blob.objects.create(
        owner=alice,
        key="originals/x/y/original",
        size_bytes=len(content),
        sha256=sha256(content),
        sha256_checked_at=timezone.now(),
        content_type="image/jpeg",
    )

    assert his.send(content) == ["put"]


def test_no_leave_is_given_for_more_than_there_is_room(hers, alice):
    alice.quota_bytes = 10
    alice.save()
    hers.ask(b"dear bob")

    answer = hers.ask(b"far too much")

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/quota-exceeded"
    assert answer.json()["free_bytes"] == 2
    assert room(alice) == (0, 8)


def test_room_counts_on_the_owner_whoever_sends(hers, his, alice, bob):
    his.send(b"dear alice")
    his.commit(new_file("notes.txt", b"dear alice"))

    assert room(alice) == (10, 0)
    assert room(bob) == (0, 0)


def test_what_was_asked_for_and_not_sent_expires_and_gives_its_room_back(hers, alice):
    key = hers.ask(b"dear bob").json()["grants"][0]["key"]
    hers.send(b"dear bob")

    sweeping.expire_incoming(now=timezone.now())
    assert room(alice) == (0, 8)

    sweeping.expire_incoming(now=timezone.now() + LATER)
    sweeping.expire_incoming(now=timezone.now() + LATER)
    assert room(alice) == (0, 0)
    assert not list(s3.keys(bucket=_bucket(), prefix=key))
    assert hers.commit(new_file("x", b"dear bob"))["answers"][0]["problem"] == "no-bytes"


def test_contents_that_no_change_ever_named_go_and_those_that_one_did_stay(hers, alice):
    large = b"l" * (9 * 2**20)
    send_in_parts(hers, large)
    hers.send(b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))
    assert FolderBlob.objects.count() == 2

    assert sweeping.forget_unused(now=timezone.now() + LATER) == 1
    unused.delete_unused_blobs(now=timezone.now() + LATER)

    assert FolderBlob.objects.get().sha256 == sha256(b"dear bob")
    assert room(alice) == (8, 0)


def send_in_parts(computer, content, *, said=None, cuts=(5 * 2**20,), chunks=None):
    """Send a large file with the folder's credentials, or as if it were another; the answer."""
    grant = computer.ask(said or content).json()["grants"][0]
    assert grant["grant"] == "multipart"
    client = s3_of(computer)
    pieces = [content[a:b] for a, b in zip((0, *cuts), (*cuts, None), strict=True)]
    for number, piece in enumerate(pieces, 1):
        client.upload_part(
            Bucket=_bucket(),
            Key=grant["key"],
            UploadId=grant["multipart_id"],
            PartNumber=number,
            Body=piece,
            ChecksumSHA256=digest_of(piece),
        )
    parts = [{"number": n, "sha256": digest_of(piece)} for n, piece in enumerate(pieces, 1)]
    body = {"key": grant["key"], "parts": parts} | ({"chunks": chunks} if chunks else {})
    return computer.post("/blobs/complete", body)


def s3_of(computer):
    held = computer.post("/credentials").json()
    target = {"endpoint": held["endpoint_url"], "region": held["region"]}
    return s3_with({"credentials": held, "target": target})


def _fetched(address, **headers):
    return httpx.get(address["url"], headers={**address.get("headers", {}), **headers}).content


def _minutes_left(said):
    return round((datetime.fromisoformat(said["expires_at"]) - timezone.now()).total_seconds() / 60)


def _bucket():
    return settings.ORIGINALS_BUCKET


def test_contents_that_a_refused_change_named_go_unless_another_change_names_them(hers):
    hers.send(b"dear bob", b"dear carol")
    hers.commit(new_folder("taken"))
    for content in (b"dear bob", b"dear carol"):
        late = new_file("taken", content) | {"entry": sha256(content)[:32]}
        assert hers.commit(late)["answers"][0]["problem"] == "name-taken"
    assert FolderBlob.objects.filter(used_at=None).count() == 2

    hers.commit(new_file("bob.txt", b"dear bob"), late)
    hers.commit(new_file("taken", b"dear bob") | {"entry": "2" * 32})
    assert sweeping.forget_unused(now=timezone.now() + LATER) == 1

    assert FolderBlob.objects.get().sha256 == sha256(b"dear bob")


def test_contents_that_two_commits_name_at_once_stay_though_one_is_refused(hers):
    """The first has noted that it names them, and is not decided yet when the second has been."""
    hers.send(b"dear bob")
    folder, now = Folder.objects.get(), timezone.now()
    settling.take_in(folder, [sha256(b"dear bob")], now=now)
    holdings.use(folder, [sha256(b"dear bob")], now=now)

    hers.commit(new_file("notes.txt", b"dear bob"))
    holdings.take_back(folder, [sha256(b"dear bob")], used_at=now)

    assert sweeping.forget_unused(now=timezone.now() + LATER) == 0


def test_what_is_given_up_has_its_room_back_at_once_and_is_nobody_elses(hers, his, alice):
    small, large = b"dear bob", b"l" * (9 * 2**20)
    keys = [hers.ask(each).json()["grants"][0]["key"] for each in (small, large)]
    his.ask(small)
    assert room(alice) == (0, 2 * len(small) + len(large))

    for _ in range(2):
        assert his.post("/blobs/abandon", {"keys": keys[1:]}).status_code == 204
        assert hers.post("/blobs/abandon", {"keys": [*keys, "never"]}).status_code == 204

    assert room(alice) == (0, len(small))
    sweeping.expire_incoming(now=timezone.now() + LATER)
    assert room(alice) == (0, 0)
    assert not list(s3.keys(bucket=_bucket(), prefix="folders/"))


def test_parts_that_nobody_was_given_leave_to_send_are_dropped(hers):
    given = hers.ask(b"l" * (9 * 2**20)).json()["grants"][0]
    stray = f"folders/{hers.folder_id}/x/stray"
    multipart.begin(bucket=_bucket(), key=stray, content_type="", metadata={})

    assert sweeping.drop_stray_multiparts(now=timezone.now()) == 0
    assert sweeping.drop_stray_multiparts(now=timezone.now() + LATER) == 1

    left = multipart.unfinished(bucket=_bucket(), begun_before=timezone.now() + LATER)
    assert [each.key for each in left] == [given["key"]]


def test_a_large_file_is_sent_in_parts_of_any_size_and_committed(hers, alice):
    large = b"l" * (9 * 2**20)

    answer = send_in_parts(hers, large, cuts=(6 * 2**20,))

    assert answer.json() == {"sha256": sha256(large), "size_bytes": len(large)}
    assert room(alice) == (len(large), 0)
    assert hers.commit(new_file("large", large))["answers"][0]["answer"] == "accepted"
    blob = Blob.objects.get()
    assert (blob.sha256, blob.sha256_checked_at) == ("", None)


def test_completing_again_gives_the_same_answer(hers, alice):
    large = b"l" * (9 * 2**20)
    grant = hers.ask(large).json()["grants"][0]
    first = send_in_parts(hers, large)

    parts = [
        {"number": 1, "sha256": digest_of(large[: 5 * 2**20])},
        {"number": 2, "sha256": digest_of(large[5 * 2**20 :])},
    ]
    again = hers.post("/blobs/complete", {"key": grant["key"], "parts": parts})

    assert again.json() == first.json()
    assert room(alice) == (len(large), 0)


def test_who_was_interrupted_is_told_which_parts_are_there(hers):
    large = b"l" * (9 * 2**20)
    grant = hers.ask(large).json()["grants"][0]
    assert grant["sent"] == []
    s3_of(hers).upload_part(
        Bucket=_bucket(),
        Key=grant["key"],
        UploadId=grant["multipart_id"],
        PartNumber=1,
        Body=large[: 5 * 2**20],
        ChecksumSHA256=digest_of(large[: 5 * 2**20]),
    )

    again = hers.ask(large).json()["grants"][0]

    assert again["multipart_id"] == grant["multipart_id"]
    assert [(part["number"], part["size_bytes"]) for part in again["sent"]] == [(1, 5 * 2**20)]


def test_parts_that_are_not_there_are_named_and_the_upload_stays_open(hers, alice):
    large = b"l" * (9 * 2**20)
    grant = hers.ask(large).json()["grants"][0]

    answer = hers.post(
        "/blobs/complete",
        {"key": grant["key"], "parts": [{"number": 1, "sha256": digest_of(large)}]},
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/parts-missing"
    assert answer.json()["missing"] == [1]
    assert room(alice) == (0, len(large))


def test_parts_that_are_others_than_meant_end_the_upload(hers, alice):
    large = b"l" * (9 * 2**20)
    grant = hers.ask(large).json()["grants"][0]
    s3_of(hers).upload_part(
        Bucket=_bucket(),
        Key=grant["key"],
        UploadId=grant["multipart_id"],
        PartNumber=1,
        Body=b"x" * len(large),
        ChecksumSHA256=digest_of(b"x" * len(large)),
    )

    answer = hers.post(
        "/blobs/complete",
        {"key": grant["key"], "parts": [{"number": 1, "sha256": digest_of(large)}]},
    )

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/checksum-mismatch"
    assert room(alice) == (0, 0)
    assert hers.ask(large).json()["grants"][0]["key"] != grant["key"]


def test_a_large_file_has_a_list_of_its_chunks_beside_it(hers):
    large, chunks = b"l" * (9 * 2**20), b"a list of chunks"

    missing = send_in_parts(hers, large, chunks=sha256(chunks))
    assert missing.json()["type"] == "/problems/chunks-missing"

    hers.send(chunks)
    assert send_in_parts(hers, large, chunks=sha256(chunks)).status_code == 200

    address = hers.post("/blobs/addresses", {"sha256": [sha256(large)]}).json()["addresses"][0]
    assert address["chunks"]["sha256"] == sha256(chunks)
    assert _fetched(address["chunks"]) == chunks


@pytest.mark.parametrize("leave", [{}, {"in_headers": True}], ids=["address", "headers"])
def test_contents_are_fetched_by_address_also_in_pieces(hers, leave):
    hers.send(b"dear bob")
    hers.commit(new_file("notes.txt", b"dear bob"))

    asked = [sha256(b"dear bob"), sha256(b"unknown")]
    said = hers.post("/blobs/addresses", {"sha256": asked, **leave}).json()
    known, unknown = said["addresses"]

    assert unknown is None
    assert _fetched(known) == b"dear bob"
    assert _fetched(known, Range="bytes=5-") == b"bob"
    assert (httpx.get(known["url"]).status_code == 403) is bool(leave)
    assert _minutes_left(said) == (15 if leave else 60)
    assert known["key"].startswith(f"folders/{hers.folder_id}/")


def test_what_a_member_only_says_of_parts_nobody_outside_the_folder_believes(hers, his, alice):
    """Or bytes of Bob's would be taken for a file that Alice uploads to the site."""
    large = b"l" * (9 * 2**20)
    send_in_parts(his, large)

    other = Computer(alice)
    other.make_folder("Other")
    assert other.ask(large).json()["grants"][0]["grant"] == "multipart"


def test_carol_who_is_no_member_gets_nothing(hers):
    hers.send(b"dear bob")
    stranger = Computer(person("carol"), hers.folder_id)

    assert stranger.ask(b"x").status_code == 404
    assert stranger.post("/credentials").status_code == 404
    assert stranger.post("/blobs/addresses", {"sha256": []}).status_code == 404


def test_who_is_removed_while_asking_is_given_no_leave(hers, his, alice, bob):
    let_in = permissions.writer(user=bob, folder_id=his.folder_id)
    Member.objects.filter(user=bob).delete()

    with pytest.raises(Http404):
        granting.grant(member=let_in, sender="laptop", wanted=[], now=timezone.now())


def test_a_reader_is_given_no_leave_to_send(hers, bob):
    Member.objects.create(folder_id=hers.folder_id, user=bob, role=Member.Role.READER)
    reader = Computer(bob, hers.folder_id)

    answer = reader.ask(b"x")

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/read-only"
    assert reader.post("/commit", {"changes": []}).status_code == 403
    assert reader.post("/blobs/complete", {"key": "x", "parts": []}).status_code == 403
