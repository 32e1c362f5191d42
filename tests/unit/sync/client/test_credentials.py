"""Keys are asked for once, and anew before they end."""

from datetime import UTC, datetime, timedelta

from sync.client.credentials import Credentials, Grant
from sync.client.signing import Keys

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def credentials_of(clock, given, *, ahead=timedelta(0)):
    def ask():
        given.append(len(given))
        keys = Keys(f"key {len(given)}", "", "", "")
        return Grant(keys, "bucket", "https://bucket", clock[0] + ahead + HOUR, ahead)

    return Credentials(ask, lambda: clock[0])


def test_keys_are_used_for_most_of_their_life():
    clock = [NOON]
    given: list[int] = []
    credentials = credentials_of(clock, given)

    for minutes in (0, 10, 54):
        clock[0] = NOON + timedelta(minutes=minutes)
        assert credentials.current()[0].keys.access_key_id == "key 1"
    clock[0] = NOON + timedelta(minutes=56)

    assert credentials.current()[0].keys.access_key_id == "key 2"


def test_keys_that_were_refused_are_not_used_again():
    given: list[int] = []
    credentials = credentials_of([NOON], given)
    first, _ = credentials.current()

    credentials.refused(first)
    credentials.refused(first)
    second, _ = credentials.current()
    credentials.refused(first)

    assert credentials.current()[0] is second
    assert len(given) == 2


def test_a_clock_that_is_wrong_signs_by_the_service():
    given: list[int] = []
    credentials = credentials_of([NOON], given, ahead=timedelta(hours=5))

    grant, now = credentials.current()

    assert now == NOON + timedelta(hours=5)
    assert credentials.current()[0] is grant
    assert len(given) == 1
