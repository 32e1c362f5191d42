"""Which files one thread fetches after another, and which side by side."""

from sync.client.crew import SMALL_AT_ONCE
from sync.client.fetching import MOST_TOGETHER, SMALL_BYTES, together
from sync.client.ports import Download


def downloads(count, size_bytes):
    return [Download(str(number), size_bytes, f"/incoming/{number}") for number in range(count)]


def test_few_files_are_all_fetched_at_once():
    few = downloads(SMALL_AT_ONCE, 1)

    assert list(together(few)) == [[each] for each in few]


def test_of_many_small_ones_each_thread_takes_some():
    many = downloads(500, 1)

    shares = list(together(many))

    assert [each for share in shares for each in share] == many
    assert {len(share) for share in shares[:-1]} == {MOST_TOGETHER}
    assert len(shares) >= SMALL_AT_ONCE


def test_a_large_one_lets_no_other_wait():
    large = downloads(500, SMALL_BYTES + 1)

    assert list(together(large)) == [[each] for each in large]
