"""A folder, or what was picked in it, as a ZIP."""

import pytest
from django.urls import reverse
from django.utils import timezone

from albums import archive_contents
from processing.archives.models import Archive
from processing.reasons import Refused
from sync.server.models import Member
from sync.server.people import belonging
from tests.app.sync.changing import change, file, identity
from tests.app.sync.committing import commit
from tests.app.website.foldering import post

pytestmark = pytest.mark.django_db


def ask(browser, made, *names):
    data = {"entry": [identity(name) for name in names]}
    browser.post(reverse("albums:folder_archives", args=[made.pk]), data)
    return Archive.objects.latest("created_at")


def paths(archive):
    return [each.path for each in archive_contents.files_of(archive) or ()]


def test_all_of_a_folder_goes_into_an_archive_by_its_paths(her, papers):
    archive = ask(her, papers)

    assert archive.name == "Papers.zip"
    assert paths(archive) == ["Papers/Accounts/2026/sums.ods", "Papers/a.txt"]


def test_what_was_picked_goes_into_an_archive_and_nothing_else(her, papers):
    assert paths(ask(her, papers, "year")) == ["2026/2026/sums.ods"]
    assert paths(ask(her, papers, "a", "sums")) == ["Papers/a.txt", "Papers/sums.ods"]


def test_an_archive_is_of_the_folder_as_it_was_asked_for(her, papers):
    archive = ask(her, papers)
    post(her, papers, "deletions", "accounts")
    commit(papers, change("b", 0, file("b.txt", "later")))

    assert paths(archive) == ["Papers/Accounts/2026/sums.ods", "Papers/a.txt"]
    assert ask(her, papers) != archive
    assert ask(her, papers) == ask(her, papers)


def test_names_that_one_disk_takes_for_one_are_two_files(her, papers):
    commit(papers, change("capital", 0, file("A.TXT", "other")))

    names = paths(ask(her, papers))

    assert len({name.casefold() for name in names}) == len(names) == 3


def test_who_is_removed_gets_no_archive_any_more_made_or_not(his, papers, bob):
    joined = Member.objects.create(folder=papers, user=bob, role=Member.Role.READER)
    made, waiting = ask(his, papers), ask(his, papers, "a")
    Archive.objects.filter(pk=made.pk).update(ready_at=timezone.now())
    address = reverse("albums:archive_file", args=[made.pk])
    assert his.get(address).status_code == 302

    belonging.end(member=joined, by=papers.owner, now=timezone.now())

    assert his.get(address).status_code == 404
    assert his.get(f"/api/v1/archives/{made.pk}").status_code == 404
    assert "Papers.zip" not in his.get(reverse("albums:archives")).content.decode()
    with pytest.raises(Refused):
        paths(waiting)
