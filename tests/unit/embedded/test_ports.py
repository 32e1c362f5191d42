"""Which ports are chosen, with a machine that is only a set of taken numbers."""

import socket

import pytest

from mediashare.embedded import ports


def free_except(*taken: int):
    return lambda port: port not in taken


def test_remembered_ports_are_kept_while_they_are_free():
    first = ports.choose_internal({}, is_free=free_except(), candidates=range(20_000, 20_100))

    again = ports.choose_internal(first, is_free=free_except(), candidates=range(21_000, 21_100))

    assert again == first
    assert set(first) == set(ports.INTERNAL)


def test_only_a_port_that_was_taken_meanwhile_is_chosen_anew():
    first = ports.choose_internal({}, is_free=free_except(), candidates=range(20_000, 20_100))
    taken = free_except(first["postgres"])

    again = ports.choose_internal(first, is_free=taken, candidates=range(20_000, 20_100))

    assert again["postgres"] != first["postgres"]
    assert {k: v for k, v in again.items() if k != "postgres"} == {
        k: v for k, v in first.items() if k != "postgres"
    }


def test_no_two_servers_share_a_port():
    chosen = ports.choose_internal(
        {"s3": 20_000, "filer": 20_000}, is_free=free_except(), candidates=range(20_000, 20_100)
    )

    assert len(set(chosen.values())) == len(ports.INTERNAL)


def test_a_port_whose_second_port_is_taken_is_not_for_the_object_store():
    taken = free_except(*(port + ports.GRPC_OFFSET for port in range(20_000, 20_010)))

    chosen = ports.choose_internal({}, is_free=taken, candidates=range(20_000, 20_100))

    assert all(chosen[name] >= 20_010 for name in ports.WITH_GRPC)


def test_when_nothing_is_free_it_says_for_whom():
    with pytest.raises(ports.NoFreePort, match="postgres"):
        ports.choose_internal({}, is_free=lambda port: False, candidates=range(20_000, 20_100))


def test_the_website_takes_the_next_port_when_the_usual_one_is_taken():
    assert ports.choose_web(None, is_free=free_except(8000, 8001)) == 8002


def test_a_port_that_was_asked_for_is_taken_or_refused():
    assert ports.choose_web(9000, is_free=free_except()) == 9000
    with pytest.raises(ports.NoFreePort, match="Port 9000 is taken"):
        ports.choose_web(9000, is_free=free_except(9000))


def test_a_port_is_taken_while_somebody_listens_on_it():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)
