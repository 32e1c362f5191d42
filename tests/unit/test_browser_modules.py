"""The pure parts of the browser's modules, tested by Node itself where there is a Node."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")


def node_version() -> tuple[int, int]:
    """(0, 0) without a Node. From 20.19 on it takes a `.js` file for a module when it is one."""
    if NODE is None:
        return (0, 0)
    answer = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True)
    major, minor = re.findall(r"\d+", answer.stdout)[:2]
    return (int(major), int(minor))


@pytest.mark.skipif(node_version() < (20, 19), reason="needs Node 20.19 or newer")
@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("tests/unit/js/*.test.mjs")), ids=lambda p: p.stem
)
def test_the_browser_modules_decide_rightly(path: Path) -> None:
    run = subprocess.run(
        [str(NODE), "--test", str(path)], capture_output=True, text=True, timeout=120, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
