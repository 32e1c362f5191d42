"""The AWS stacks of `deploy/aws`, made once for a test run.

`python -m tests.stacks SITE.json FOLDER` makes and checks those of a site.

The CDK is large and has an environment of its own; what it wrote is plain JSON, which tests read.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from deploy.aws.sizes import SIZES
from mediashare.embedded.home import PROJECT
from tests.environments import programs

KEPT = PROJECT / ".pytest_cache" / "stacks"
# One of the three is elsewhere than CloudFront's certificates must be.
REGIONS = {"hobby": "us-east-1", "studio": "eu-central-1", "company": "us-east-1"}
Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Stacks:
    """The templates of a site, by the name of their stack, in the order of deployment."""

    folder: Path
    templates: Mapping[str, Mapping[str, Any]]

    def find(self, kind: str, stack: str = "", **properties: Any) -> list[dict[str, Any]]:
        """The properties of all resources of a kind that have at least these."""
        return [
            found.get("Properties", {})
            for name, template in self.templates.items()
            for found in template.get("Resources", {}).values()
            if found["Type"] == f"AWS::{kind}"
            and (not stack or name == stack)
            and holds(properties, found.get("Properties", {}))
        ]

    def one(self, kind: str, stack: str = "", **properties: Any) -> dict[str, Any]:
        found = self.find(kind, stack, **properties)
        assert len(found) == 1, f"{len(found)} of {kind} with {properties}"
        return found[0]


def holds(wanted: Any, found: Any) -> bool:
    """Whether all that is wanted is there, however much more is; of a list, in any order."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and holds(value, found[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and all(
            any(holds(each, one) for one in found) for each in wanted
        )
    return bool(wanted == found)


@cache
def of_size(size: str) -> Stacks:
    """The stacks of an example of this size."""
    return read(examples() / size)


def read(folder: Path) -> Stacks:
    assembly = json.loads((folder / "manifest.json").read_text())["artifacts"]
    waiting = {
        name: {each for each in found.get("dependencies", []) if not each.endswith(".assets")}
        for name, found in assembly.items()
        if found["type"] == "aws:cloudformation:stack"
    }
    ordered: dict[str, Any] = {}
    while waiting:
        name = next(name for name, needs in waiting.items() if needs <= ordered.keys())
        del waiting[name]
        ordered[name] = json.loads((folder / f"{name}.template.json").read_text())
    return Stacks(folder, ordered)


@cache
def examples() -> Path:
    """Where the templates of all sizes are. They are made anew when what makes them changed."""
    home = KEPT / digest()
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            for older in KEPT.glob("????????"):
                shutil.rmtree(older)
            home.mkdir()
            synthesise({describe(size, home): home / size for size in SIZES})
            (home / "made").touch()
    return home


def private_key(size: str) -> str:
    """The key of an example's addresses, in PEM, as its operator keeps it."""
    return (examples() / f"{size}.pem").read_text()


def digest() -> str:
    """Of everything that templates are made from."""
    made_from = [Path(__file__), PROJECT / "requirements" / "deploy.txt"]
    made_from += sorted((PROJECT / "deploy" / "aws").rglob("*.py"))
    made_from += sorted((PROJECT / "processing" / "recipes").glob("scaling.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in made_from)).hexdigest()[:8]


def describe(size: str, folder: Path) -> Path:
    """The file of a site that nobody has."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{size}.pem").write_bytes(pem)
    key = private.public_key()
    file = folder / f"{size}.json"
    site = {
        "account": "000000000000",
        "region": REGIONS[size],
        "domain": "photos.example.org",
        "operator": "operator@example.org",
        "size": size,
        "release": "first",
        "public_keys": {
            "first": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        },
    }
    file.write_text(json.dumps(site))
    return file


def synthesise(folders: Mapping[Path, Path]) -> None:
    """Write the templates of each site's file to its folder."""
    words = [str(word) for pair in folders.items() for word in pair]
    python = programs("deploy") / "python"
    subprocess.run([python, "-m", "deploy.aws", *words], cwd=PROJECT, check=True)


def lint(templates: Sequence[Path]) -> list[str]:
    """What cfn-lint finds in them, warnings among it."""
    argv: list[str | Path] = [programs("deploy") / "cfn-lint", "--format", "parseable", *templates]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)
    return [line for line in said.stdout.splitlines() if line]


if __name__ == "__main__":
    described, target = Path(sys.argv[1]), Path(sys.argv[2])
    synthesise({described: target})
    sys.exit("\n".join(lint(sorted(target.glob("*.template.json")))))
