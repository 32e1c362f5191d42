"""Starting, breaking and starting again the real servers of one machine."""

import os
import shutil
import socket
import time

import psutil
import psycopg2
import pytest

from mediashare.embedded import broker
from mediashare.embedded.checks import CannotRun
from mediashare.embedded.stack import Plan, Stack, StopAsked
from tests.servers import quiet_console, temporary_home

QUICK = Plan(parts=("postgres", "broker"), prepare=False, durable=False)


@pytest.fixture
def home():
    path = temporary_home()
    yield path
    shutil.rmtree(path)


def stack_in(home, plan=QUICK):
    return Stack(home, plan, quiet_console(home))


def query(stack, sql):
    with psycopg2.connect(stack.settings["DATABASE_URL"]) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None


def test_a_second_start_finds_everything_as_it_was(home):
    with stack_in(home) as first:
        query(first, "CREATE TABLE kept AS SELECT 'yes' AS word")
        assert broker.ask(first.memory, "SET kept yes").startswith("+OK")
        settings = first.settings

    with stack_in(home) as second:
        assert query(second, "SELECT word FROM kept") == [("yes",)]
        assert broker.ask(second.memory, "GET kept").endswith("yes\r\n")
        assert second.settings == settings


def test_a_database_that_is_killed_comes_back_with_what_was_committed(home):
    with stack_in(home, Plan(parts=("postgres",), prepare=False)) as stack:
        query(stack, "CREATE TABLE kept AS SELECT 'yes' AS word")
        before = stack.pid("postgres")

        stack.kill("postgres")
        while stack.pid("postgres") in {None, before}:
            time.sleep(0.05)
        stack.wait_ready("postgres")

        assert query(stack, "SELECT word FROM kept") == [("yes",)]


def test_a_part_can_be_away_for_a_while(home):
    with stack_in(home) as stack:
        stack.stop_part("broker")
        assert broker.ask(stack.memory, "PING") == ""

        stack.start_part("broker")
        assert broker.ask(stack.memory, "PING") == "+PONG\r\n"


def test_a_first_start_that_was_cut_short_is_mended(home):
    half_made = home / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    with stack_in(home) as stack:
        assert query(stack, "SELECT 1") == [(1,)]
    assert not half_made.exists()


def test_the_mark_of_a_killed_server_does_not_stop_the_next(home):
    with stack_in(home):
        pass
    # As after a reboot: the number in the mark now belongs to another program.
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n")

    with stack_in(home) as stack:
        assert query(stack, "SELECT 1") == [(1,)]


def test_a_port_that_was_taken_meanwhile_is_given_up(home):
    with stack_in(home) as first:
        port = first.memory.ports["broker"]

    with socket.create_server(("127.0.0.1", port)), stack_in(home) as second:
        assert second.memory.ports["broker"] != port
        assert broker.ask(second.memory, "PING") == "+PONG\r\n"


def test_a_home_in_use_is_refused_and_left_alone(home):
    with stack_in(home) as stack:
        with pytest.raises(CannotRun, match="running already at http://localhost"):
            stack_in(home).start()

        assert query(stack, "SELECT 1") == [(1,)]


def test_asking_to_stop_while_it_starts_leaves_nothing_running(home):
    stack = stack_in(home)
    stack.ask_to_stop()

    with pytest.raises(StopAsked):
        stack.start()

    assert stack.pid("postgres") is None


def test_stopping_leaves_no_process(home):
    with stack_in(home):
        mine = [p for p in psutil.Process().children(recursive=True) if str(home) in _words(p)]
        assert mine

    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in mine)


def test_other_users_of_the_machine_cannot_use_database_or_broker(home):
    with stack_in(home) as stack:
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host="127.0.0.1", port=stack.memory.ports["postgres"], user="postgres", password="x"
            )
        with socket.create_connection(("127.0.0.1", stack.memory.ports["broker"])) as line:
            line.sendall(b"PING\r\n")
            assert line.recv(100).startswith(b"-NOAUTH")


def _words(process):
    return " ".join(process.cmdline())
