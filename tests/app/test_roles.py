"""Each role's process answers its own addresses, and only those."""

import pytest
from django.urls import Resolver404, resolve

from tests.people import person
from tests.uploading import Sender, client_of

ROLES = {
    "website": {"/": True, "/api/v1/items": True, "/api/v1/uploads": False, "/admin/": True},
    "uploads": {"/": False, "/api/v1/items": False, "/api/v1/uploads": True, "/admin/": False},
    "sync": {"/": False, "/api/v1/items": False, "/api/v1/uploads": False, "/admin/": False},
    "everything": {"/": True, "/api/v1/items": True, "/api/v1/uploads": True, "/admin/": True},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_answers_its_own_addresses(role: str):
    urlconf = f"mediashare.urls.{role}"

    assert {address: answers(address, urlconf) for address in ROLES[role]} == ROLES[role]
    assert answers("/healthz", urlconf)
    assert answers("/readyz", urlconf)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("buckets")
def test_an_upload_goes_its_whole_way_where_only_uploads_are_served(settings):
    settings.ROOT_URLCONF = "mediashare.urls.uploads"
    sender = Sender(client_of(person("alice")), b"a photo").begun().send()

    answer = sender.complete()

    assert answer.status_code == 201, answer.content
    assert answer.json()["url"] == f"{settings.SITE_URL}/items/{answer.json()['id']}/"


def answers(address: str, urlconf: str) -> bool:
    try:
        resolve(address, urlconf)
    except Resolver404:
        return False
    return True
