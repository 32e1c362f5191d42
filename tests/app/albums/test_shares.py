"""A share link opens one album to whoever has it, until it is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from albums import actions, permissions
from albums.models import Album, Item, ShareLink
from albums.visitors import Visitor
from tests.people import photo


@pytest.fixture
def album(alice):
    return actions.create_album(owner=alice, title="Summer", items=[photo(alice)])


def test_the_address_of_a_link_finds_it(album):
    link = actions.share_album(album=album, label="For grandma")

    token = permissions.share_token(link)

    assert len(token) == 43
    assert permissions.find_share(token, timezone.now()) == link


@pytest.mark.parametrize("place", [0, 10, 21, 25, 42])
def test_an_address_with_one_character_changed_finds_nothing(album, place):
    token = permissions.share_token(actions.share_album(album=album))
    other = "A" if token[place] != "A" else "B"

    with pytest.raises(permissions.ShareNotFound):
        permissions.find_share(token[:place] + other + token[place + 1 :], timezone.now())


@pytest.mark.parametrize("token", ["", "a", "é" * 43, "A" * 43, "A" * 44, "A" * 5000, "=" * 43])
def test_nonsense_finds_nothing(db, token):
    with pytest.raises(permissions.ShareNotFound):
        permissions.find_share(token, timezone.now())


def test_an_expired_link_says_so(album):
    link = actions.share_album(album=album, expires_at=timezone.now() + timedelta(days=1))
    token = permissions.share_token(link)

    assert permissions.find_share(token, timezone.now())
    with pytest.raises(permissions.ShareExpired):
        permissions.find_share(token, timezone.now() + timedelta(days=2))


def test_a_revoked_link_says_so_and_keeps_its_time(album):
    link = actions.share_album(album=album)
    actions.revoke_share(link=link)
    first = ShareLink.objects.get().revoked_at
    actions.revoke_share(link=link)

    assert ShareLink.objects.get().revoked_at == first
    with pytest.raises(permissions.ShareRevoked):
        permissions.find_share(permissions.share_token(link), timezone.now())


def test_the_links_of_an_album_in_the_trash_sleep(album):
    token = permissions.share_token(actions.share_album(album=album))

    actions.trash_album(album=album)
    with pytest.raises(permissions.ShareNotFound):
        permissions.find_share(token, timezone.now())
    actions.restore_album(album=album)

    assert permissions.find_share(token, timezone.now())


def test_the_links_of_an_owner_who_was_shut_out_open_nothing(alice, album):
    link = actions.share_album(album=album)
    alice.is_active = False
    alice.save()

    with pytest.raises(permissions.ShareNotFound):
        permissions.find_share(permissions.share_token(link), timezone.now())


def test_addresses_given_out_before_a_change_of_keys_still_work(album, settings):
    link = actions.share_album(album=album)
    settings.SECRET_KEY = "old"
    old = permissions.share_token(link)
    settings.SECRET_KEY = "new"

    with pytest.raises(permissions.ShareNotFound):
        permissions.find_share(old, timezone.now())
    settings.SECRET_KEY_FALLBACKS = ["older", "old"]

    assert permissions.find_share(old, timezone.now()) == link


def test_views_are_counted(album):
    link = actions.share_album(album=album)
    now = timezone.now()

    actions.note_view(link=link, now=now)
    actions.note_view(link=link, now=now)

    link.refresh_from_db()
    assert (link.view_count, link.last_viewed_at) == (2, now)


class TestPassword:
    @pytest.fixture
    def link(self, album):
        return actions.share_album(album=album, password="sandcastle")

    @pytest.fixture
    def request_(self, rf, client):
        """A request of one browser, from an address that no other test uses."""
        request = rf.post("/", REMOTE_ADDR="test-" + Album.objects.get().pk.hex)
        request.session = client.session
        return request

    def test_is_not_kept_as_it_is(self, link):
        assert "sandcastle" not in link.password_hash

    def test_opens_the_link_for_this_session(self, link, request_):
        assert not permissions.is_unlocked(request_.session, link)

        assert permissions.unlock(request_, link, "sandcastle")

        assert permissions.is_unlocked(request_.session, link)
        assert permissions.visitor_through(link, request_.session).album_id == link.album_id

    def test_wrong_leaves_it_locked(self, link, request_):
        assert not permissions.unlock(request_, link, "sandpit")

        assert not permissions.is_unlocked(request_.session, link)
        with pytest.raises(permissions.ShareIsLocked):
            permissions.visitor_through(link, request_.session)

    def test_changed_locks_again(self, link, request_):
        permissions.unlock(request_, link, "sandcastle")

        link.set_password("driftwood")

        assert not permissions.is_unlocked(request_.session, link)

    def test_of_one_link_does_not_open_another(self, album, link, request_):
        other = actions.share_album(album=album, password="sandcastle")

        permissions.unlock(request_, link, "sandcastle")

        assert not permissions.is_unlocked(request_.session, other)

    def test_is_not_needed_where_none_was_set(self, album, request_):
        assert permissions.is_unlocked(request_.session, actions.share_album(album=album))

    def test_cannot_be_searched_for(self, link, request_):
        for _ in range(10):
            assert not permissions.unlock(request_, link, "guess")

        with pytest.raises(permissions.TooManyAttempts) as refusal:
            permissions.unlock(request_, link, "sandcastle")

        assert 0 < refusal.value.retry_after <= 61

    def test_cannot_be_searched_for_from_many_addresses(self, link, request_):
        for number in range(10):
            request_.META["REMOTE_ADDR"] = f"test-{link.pk}-{number}"
            permissions.unlock(request_, link, "guess")

        request_.META["REMOTE_ADDR"] = f"test-{link.pk}-other"
        with pytest.raises(permissions.TooManyAttempts):
            permissions.unlock(request_, link, "guess")

    def test_cannot_be_searched_for_on_many_links(self, album, link, request_):
        for _ in range(10):
            other = actions.share_album(album=album, password="driftwood")
            permissions.unlock(request_, other, "sandcastle")

        with pytest.raises(permissions.TooManyAttempts):
            permissions.unlock(request_, link, "sandcastle")

    def test_cannot_be_searched_for_by_naming_other_addresses(self, album, rf, client):
        def guess(number: int) -> None:
            names = {"REMOTE_ADDR": f"test-{album.pk}", "HTTP_X_FORWARDED_FOR": f"192.0.2.{number}"}
            request = rf.post("/", **names)
            request.session = client.session
            link = actions.share_album(album=album, password="driftwood")
            permissions.unlock(request, link, "sandcastle")

        for number in range(10):
            guess(number)

        with pytest.raises(permissions.TooManyAttempts):
            guess(10)

    def test_given_rightly_by_many_guests_is_not_counted(self, link, request_):
        for _ in range(15):
            assert permissions.unlock(request_, link, "sandcastle")


class TestWhatAVisitorSees:
    @pytest.fixture
    def visitor(self, album):
        return Visitor.through(actions.share_album(album=album))

    def test_the_shared_album_and_its_items(self, album, visitor):
        assert list(Album.objects.visible_to(visitor)) == [album]
        assert list(Item.objects.visible_to(visitor)) == list(album.items.all())

    def test_nothing_else_of_the_owner(self, alice, album, visitor):
        photo(alice, "private.jpg")
        actions.create_album(owner=alice, title="Private", items=[photo(alice, "p2.jpg")])

        assert Album.objects.visible_to(visitor).count() == 1
        assert Item.objects.visible_to(visitor).count() == 1

    def test_an_item_once_although_it_is_in_several_albums(self, alice, album, visitor):
        actions.create_album(owner=alice, title="Also", items=album.items.all())

        assert Item.objects.visible_to(visitor).count() == 1

    def test_no_deleted_items(self, alice, album, visitor):
        actions.trash_items(owner=alice, ids=album.items.values_list("pk", flat=True))

        assert not Item.objects.visible_to(visitor).exists()

    def test_nothing_of_a_deleted_album(self, album, visitor):
        actions.trash_album(album=album)

        assert not Album.objects.visible_to(visitor).exists()
        assert not Item.objects.visible_to(visitor).exists()

    def test_downloads_only_where_the_owner_allows_them(self, album):
        link = actions.share_album(album=album, allow_download=False)

        assert not Visitor.through(link).may_download


def test_people_see_what_is_theirs(alice, bob, album):
    assert Album.objects.visible_to(alice).get() == album
    assert Item.objects.visible_to(alice).count() == 1
    assert not Album.objects.visible_to(bob).exists()
    assert not Item.objects.visible_to(bob).exists()


def test_whoever_is_not_signed_in_sees_nothing(album):
    assert not Album.objects.visible_to(Visitor()).exists()
    assert not Item.objects.visible_to(Visitor()).exists()
