"""Children that touch strangers' files: limited, watched, and killed when they must be."""

import ctypes
import errno
import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from processing import landlock, photo, run
from processing.reasons import DAMAGED, TOO_MUCH_MEMORY, TOOK_TOO_LONG, Refused

MEDIA = Path(__file__).parent.parent.parent / "media"
PTRACE_ATTACH = 16
LIMITS = run.Limits(wall_seconds=20, cpu_seconds=20, file_bytes=2**20)


class Enough(Exception):
    """The watcher does not want it any more."""


def go_on() -> None:
    """A watcher with nothing against it."""


def call(function, *arguments, limits=LIMITS, check=go_on):
    return run.call(function, *arguments, limits=limits, check=check)


def program(source, *arguments, limits=LIMITS, check=go_on, on_line=str):
    argv = [sys.executable, "-c", source, *arguments]
    run.program(argv, limits=limits, check=check, on_line=on_line)


def test_a_childs_answer_comes_back():
    assert call(lambda a, b: {"sum": a + b}, 2, 3) == {"sum": 5}


def test_a_large_answer_comes_back_whole():
    assert call(lambda: "x" * 500_000) == "x" * 500_000


def test_a_child_that_answers_without_end_does_not_fill_the_workers_memory():
    def babble():
        while True:
            os.write(run.ANSWER, b"x" * 65536)

    with pytest.raises(run.ChildDied, match="more than"):
        call(babble)


def test_words_that_nobody_wrote_are_not_said_to_people():
    def refuse():
        raise Refused("Your account was hacked. Call us." * 100)

    with pytest.raises(run.ChildDied, match="nobody wrote"):
        call(refuse)


def test_a_refusal_in_the_child_is_a_refusal_here():
    def refuse():
        raise Refused(DAMAGED, "of this")

    with pytest.raises(Refused) as caught:
        call(refuse)
    assert (caught.value.reason, caught.value.detail) == (DAMAGED, "of this")


def test_a_surprise_in_the_child_brings_its_traceback():
    with pytest.raises(run.ChildDied, match="ZeroDivisionError"):
        call(lambda: 1 / 0)


def test_a_child_that_crashes_takes_nothing_with_it():
    with pytest.raises(Refused) as caught:
        call(lambda: os.kill(os.getpid(), signal.SIGSEGV))
    assert caught.value.reason == DAMAGED


def test_a_child_that_is_killed_from_outside_is_not_the_files_fault():
    with pytest.raises(run.ChildDied, match="-9"):
        call(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_a_slow_child_is_ended_on_time():
    began = time.monotonic()

    with pytest.raises(Refused) as caught:
        call(time.sleep, 30, limits=run.Limits(1, 20, 0))

    assert caught.value.reason == TOOK_TOO_LONG
    assert time.monotonic() - began < 30


def test_a_child_that_spins_is_ended_by_its_processor_time():
    def spin():
        while True:
            pass

    with pytest.raises(Refused) as caught:
        call(spin, limits=run.Limits(20, 1, 0))
    assert caught.value.reason == TOOK_TOO_LONG


def test_a_child_that_wants_too_much_memory_is_refused():
    with pytest.raises(Refused) as caught:
        call(lambda: len(bytearray(8 * run.GIBIBYTE)))
    assert caught.value.reason == TOO_MUCH_MEMORY


def test_a_child_that_writes_too_much_is_stopped(tmp_path):
    def write():
        (tmp_path / "large").write_bytes(b"x" * 2**22)

    with pytest.raises(run.ChildDied):
        call(write)
    assert (tmp_path / "large").stat().st_size <= LIMITS.file_bytes


def test_a_child_has_no_file_of_the_workers():
    with open(__file__, "rb") as ours:
        number = ours.fileno()
        with pytest.raises(run.ChildDied, match="Bad file descriptor"):
            call(os.read, number, 1)
        assert ours.read(3) == b'"""'


def test_the_watcher_can_stop_a_child_and_whatever_it_started(tmp_path):
    mark = tmp_path / "started"
    asked = []

    def start_another():
        if os.fork() == 0:
            mark.write_text(str(os.getpid()))
        time.sleep(60)

    def check():
        asked.append(1)
        if mark.exists() and mark.read_text():
            raise Enough

    with pytest.raises(Enough):
        call(start_another, check=check)
    assert is_gone(int(mark.read_text()))


def test_a_program_gets_what_it_is_given_and_its_lines_come_back():
    lines: list[str] = []

    program("import sys; print('a'); print(sys.argv[1])", "$HOME;`id`", on_line=lines.append)

    assert lines == ["a", "$HOME;`id`"]


def test_a_program_that_closes_its_output_and_goes_on_is_ended_on_time():
    began = time.monotonic()

    with pytest.raises(Refused) as caught:
        program("import os, time; os.close(1); time.sleep(30)", limits=run.Limits(1, 20, 0))

    assert caught.value.reason == TOOK_TOO_LONG
    assert time.monotonic() - began < 30


def test_a_failing_program_says_why():
    with pytest.raises(run.ProgramFailed, match="no such film"):
        program("import sys; sys.exit('no such film')")


def test_a_program_that_is_killed_from_outside_is_not_the_files_fault():
    with pytest.raises(run.ChildDied, match="-9"):
        program("import os; os.kill(os.getpid(), 9)")


def test_a_program_that_finds_no_room_on_the_disk_is_not_the_files_fault():
    with pytest.raises(run.DiskFull):
        program("with open('/dev/full', 'w') as file: file.write('film')")


def test_a_child_that_finds_no_room_on_the_disk_is_not_the_files_fault():
    def write():
        Path("/dev/full").write_text("picture")

    def write_and_refuse():
        try:
            write()
        except OSError as error:
            raise Refused(DAMAGED, f"unable to write: {error}") from error

    for child in (write, write_and_refuse):
        with pytest.raises(run.DiskFull):
            call(child)


def test_a_program_sees_no_secret_of_the_worker(monkeypatch):
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "secret")
    lines: list[str] = []

    program("import os; print(sorted(os.environ))", on_line=lines.append)

    assert "S3_SECRET_ACCESS_KEY" not in lines[0]


def test_a_program_ends_when_its_watcher_does_not_want_it(tmp_path):
    mark = tmp_path / "pid"
    source = f"import os,time; open({str(mark)!r},'w').write(str(os.getpid())); time.sleep(60)"

    def check():
        if mark.exists() and mark.read_text():
            raise Enough

    with pytest.raises(Enough):
        program(source, check=check)
    assert is_gone(int(mark.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's own")
def test_a_worker_that_is_killed_takes_its_children_with_it(tmp_path):
    mark = tmp_path / "pid"

    def stay():
        mark.write_text(str(os.getpid()))
        time.sleep(60)

    worker = os.fork()
    if worker == 0:
        try:
            call(stay)
        finally:
            os._exit(0)

    wait_for(lambda: mark.exists() and bool(mark.read_text()))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    assert is_gone(int(mark.read_text()))


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts."""

    def ended() -> bool:
        try:
            return ") Z " in Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True

    return wait_for(ended)


def wait_for(condition, seconds: float = 10.0) -> bool:
    ends_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.02)
    return True


def test_a_child_gets_no_network():
    def dial():
        with socket.socket() as line:
            line.connect(("127.0.0.1", 9))

    with pytest.raises(run.ChildDied, match="Permission denied"):
        call(dial)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's own")
def test_a_child_cannot_look_into_its_worker():
    """Else it would read the worker's secrets, or speak through its connections."""

    def attach():
        asked = libc.ptrace(PTRACE_ATTACH, os.getppid(), 0, 0)
        return asked, ctypes.get_errno()

    libc = ctypes.CDLL(None, use_errno=True)
    assert call(attach) == [-1, errno.EACCES]


@pytest.mark.skipif(not landlock.version(), reason="this kernel does not keep them in")
@pytest.mark.parametrize("secret", ["/proc/{worker}/environ", "{beside}/.env"])
def test_while_a_job_is_done_its_children_read_and_write_in_its_folder_alone(tmp_path, secret):
    here, beside = tmp_path / "job", tmp_path / "beside"
    for folder in (here, beside):
        folder.mkdir()
    (beside / ".env").write_text("SECRET_KEY=secret")
    name = secret.format(beside=beside, worker=os.getpid())
    assert Path(name).read_bytes()
    work = f"from pathlib import Path; Path({str(here / 'made')!r}).write_bytes(b'a picture')"

    with run.children_stay_in(here):
        program(work)
        program("import subprocess; subprocess.run(['true'], stdout=subprocess.DEVNULL, check=1)")
        assert call((here / "made").read_text) == "a picture"
        with pytest.raises(run.ProgramFailed, match="Permission denied"):
            program(f"open({name!r}).read()")
        with pytest.raises(run.ChildDied, match="Permission denied"):
            call(lambda: Path(name).read_text())
        with pytest.raises(run.ChildDied, match="Permission denied"):
            call(lambda: (beside / "more").write_text("for somebody else"))


def test_a_worker_with_more_open_files_than_a_child_may_have_still_starts_programs(tmp_path):
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(2 * LIMITS.open_files)]
    try:
        with run.children_stay_in(tmp_path):
            program("pass")
            assert call(lambda: "begun") == "begun"
    finally:
        for number in held:
            os.close(number)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's own")
def test_a_child_cannot_leave_the_group_that_is_killed():
    def leave():
        os.setpgid(0, os.getppid())

    with pytest.raises(run.ChildDied, match="Permission denied"):
        call(leave)


def test_what_a_program_starts_gets_no_network_either():
    dial = "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {dial!r}], check=True)"

    with pytest.raises(run.ProgramFailed, match="Permission denied"):
        program(start)


def test_a_child_may_still_talk_through_what_it_was_given():
    assert call(lambda: [end.fileno() > 0 for end in socket.socketpair()]) == [True, True]


def test_a_child_that_makes_pictures_finds_everything_imported(tmp_path):
    """What it imports it imports again for each photo: 50 ms for a part of numpy."""

    def newly_imported() -> list[str]:
        before = set(sys.modules)
        photo.make_photo(str(MEDIA / "orientation-6.jpg"), str(tmp_path), "jpeg", 10**8)
        return sorted(set(sys.modules) - before)

    assert call(newly_imported) == []
