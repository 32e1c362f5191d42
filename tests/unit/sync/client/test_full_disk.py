"""Where there is no room for what a client remembers, it says so, and what it knew stays."""

from contextlib import closing

import pytest

from sync.client.errors import DiskFull
from sync.client.parts import Span
from sync.client.state import State
from sync.client.unfinished import Unfinished


def test_nothing_of_a_transaction_is_noted_when_there_is_no_room_for_all(tmp_path):
    with closing(State.open(str(tmp_path / "state.sqlite"))) as state:
        with state.transaction():
            state.set_fact("cursor", "1")
        state._db.execute("pragma max_page_count = 1")

        def go_on():
            with state.transaction():
                state.set_fact("cursor", "2")
                state.set_fact("a", "long" * 100_000)

        with pytest.raises(DiskFull):
            go_on()

        assert state.cursor == 1


def test_a_transfer_stops_when_there_is_no_room_to_note_it(tmp_path):
    with closing(Unfinished(tmp_path / "transfers.sqlite")) as record:
        record._database.execute("pragma max_page_count = 1")

        with pytest.raises(DiskFull):
            record.note_span("target" * 100_000, "sha256", Span(0, 1))
