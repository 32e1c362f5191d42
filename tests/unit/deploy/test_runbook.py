"""Who is woken by an alarm finds it in the book; and the book names no alarm that there is not."""

import re

from deploy.aws import alarms
from deploy.aws.names import Names
from deploy.aws.site import parsed
from deploy.aws.sizes import ROLES, SIZES
from deploy.aws.ways import EVERY_WAY
from mediashare.embedded.home import PROJECT

BOOK = (PROJECT / "docs" / "operations.md").read_text()


def test_every_alarm_is_in_the_book_and_no_other():
    table = BOOK.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    site = parsed(
        {
            "account": "1" * 12,
            "region": "us-east-1",
            "domain": "photos.example.org",
            "operator": "operator@example.org",
            "size": "hobby",
            "release": "first",
            "public_keys": {"first": "PEM"},
        }
    )
    balancers = {role: role for role in ROLES}
    targets = {way.name: way.name for way in EVERY_WAY}
    found = alarms.of_site(Names(site), SIZES["studio"], balancers=balancers, targets=targets)
    there = [each.name for each in found]

    assert sorted(re.findall(r"`([a-z-]+)`", " ".join(first))) == sorted(there)


def test_every_alarm_has_something_to_look_at_and_to_do():
    table = BOOK.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]

    assert len(rows) > 8
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in rows)
