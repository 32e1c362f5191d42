"""The client's own loop over HTTP and S3: what one computer has, the other gets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from random import Random

import pytest

from sync.client.asking import Asking
from tests.app.sync.syncing import Computer
from tests.people import person
from tests.synced import Synced
from tests.uploading import token_of

MIB = 2**20


@pytest.fixture
def computer(live_server, buckets, tmp_path) -> Iterator[Callable[[str], Synced]]:
    alice = person("alice")
    folder_id = Computer(alice).make_folder("Holidays")
    with ExitStack() as open_ones:
        asking = open_ones.enter_context(closing(Asking(live_server.url, token_of(alice, "sync"))))
        yield lambda name: Synced(tmp_path / name, asking, folder_id, open_ones)


@pytest.mark.django_db(transaction=True)
def test_what_one_computer_has_the_other_gets(computer):
    laptop, desktop = computer("laptop"), computer("desktop")
    film = Random(1).randbytes(40 * MIB)
    (laptop.root / "Sea").mkdir()
    for number in range(30):
        (laptop.root / "Sea" / f"{number}.txt").write_bytes(b"photo %d" % number)
    (laptop.root / "film.mp4").write_bytes(film)

    laptop.sync()
    desktop.sync()
    assert desktop.files() == laptop.files()

    (laptop.root / "film.mp4").write_bytes(film[: 20 * MIB] + b"a thousand" + film[20 * MIB :])
    assert laptop.sync() < 12 * MIB
    assert desktop.sync() < 8 * MIB
    assert desktop.files() == laptop.files()

    (laptop.root / "Sea").rename(laptop.root / "Ocean")
    assert laptop.sync() == desktop.sync() == 0
    assert desktop.files() == laptop.files()
