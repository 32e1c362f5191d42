"""What a newcomer reads when everything is up."""

import io
from pathlib import Path

import pytest

from mediashare.embedded.console import Console
from mediashare.embedded.screen import screen


def shown(port, *, chosen=False):
    return screen(
        url=f"http://localhost:{port}",
        home=Path("/srv/photos/var"),
        demo=("demo@example.org", "open sesame"),
        admin=("admin@example.org", "x7"),
        chosen=chosen,
    )


@pytest.mark.parametrize(
    "words",
    ["http://localhost:8000", "demo@example.org", "open sesame", "/srv/photos/var", "Ctrl-C"],
)
def test_it_says_where_who_what_and_how_to_stop(words):
    assert words in shown(8000)


def test_it_says_why_the_port_is_not_the_usual_one():
    assert "another program uses port 8000" in shown(8001)
    assert "another program" not in shown(8000)
    assert "another program" not in shown(9000, chosen=True)


class ClosedTerminal(io.StringIO):
    def isatty(self):
        return True

    def write(self, text):
        raise OSError("Input/output error")

    def flush(self):
        raise OSError("Input/output error")


def test_a_closed_terminal_does_not_stop_the_stopping():
    console = Console(ClosedTerminal())

    console.say("web", "still here")
    console.show("still here")
