"""What an instance makes of a deployment: settings, units, and an orderly end."""

import json
import re
import subprocess
from queue import Queue
from typing import Any

import pytest
from dotenv import dotenv_values

from deploy.aws import alarms, grants, settings
from deploy.aws.instance import environment, leaving, logs
from deploy.aws.names import IDENTITIES, LANES, Names
from deploy.aws.site import UnusableSite, parsed
from deploy.aws.sizes import ROLES, SIZES, web_processes
from deploy.aws.ways import EVERY_WAY
from mediashare.embedded.home import PROJECT
from tests import stacks

SITE = {
    "account": "000000000000",
    "region": "us-east-1",
    "domain": "photos.example.org",
    "operator": "operator@example.org",
    "size": "studio",
    "release": "first",
    "public_keys": {"first": "PEM"},
}
NAMES = Names(parsed(SITE))
MADE = settings.Made(
    database_host="db.internal",
    cache_host="cache.internal",
    signing_key_id="K1",
    queue_urls={lane: f"https://sqs/0/mediashare-{lane}" for lane in LANES},
    returned_mail_topic="arn:aws:sns:us-east-1:000000000000:returned",
)
SHARED = settings.of_service(NAMES, SIZES["studio"], MADE)
SECRETS = {
    "DATABASE": json.dumps({"username": "mediashare", "password": "a/b@c"}),
    "SECRET_KEY": "secret",
    "CLOUDFRONT_PRIVATE_KEY": "-----BEGIN\nMII\n-----END\n",
}
UNITS = PROJECT / "deploy" / "server" / "units"


def on_an_instance() -> dict[str, str]:
    return environment.whole(SHARED, SECRETS, address="10.20.0.5", processors=4)


def test_what_the_parameter_says_is_read_as_it_was_written():
    assert settings.from_text(settings.as_text(SHARED)) == SHARED


def test_the_parameter_holds_all_settings_at_its_longest():
    assert len(settings.as_text(SHARED)) < 3500, "A standard parameter holds 4 KB."


def test_every_setting_is_one_of_the_service_or_of_a_unit():
    known = set(re.findall(r"^([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    of_units = {"WEB_BIND", "WEB_CONCURRENCY", "WAITING_HOST", "WAITING_PORT", "WORKER_PROCESSES"}
    # gunicorn reads this one by itself.
    named = {
        name
        for unit in UNITS.glob("*.service")
        for name in re.findall(r"\$\{(\w+)\}", unit.read_text())
    } | {"WEB_CONCURRENCY"}

    assert on_an_instance().keys() - of_units <= known
    assert of_units <= named


def test_the_database_is_reached_encrypted_and_with_any_password():
    url = on_an_instance()["DATABASE_URL"]

    assert url == "postgresql://mediashare:a%2Fb%40c@db.internal/mediashare?sslmode=require"


def test_a_balancer_may_ask_an_instance_by_its_address():
    assert "10.20.0.5" in on_an_instance()["ALLOWED_HOSTS"].split(",")


def test_systemd_and_shells_read_the_same(tmp_path):
    file = tmp_path / "service.env"
    file.write_text(environment.as_file(on_an_instance()))

    said = subprocess.run(
        ["sh", "-c", f'. {file}; printf %s "$CLOUDFRONT_PRIVATE_KEY"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.replace("\\n", "\n") == SECRETS["CLOUDFRONT_PRIVATE_KEY"].strip()
    assert dotenv_values(file)["SITE_URL"] == "https://photos.example.org"


def test_a_value_that_would_end_its_own_quotes_is_refused():
    with pytest.raises(ValueError, match="SECRET_KEY"):
        environment.as_file({"SECRET_KEY": "it's"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "12"},
        {"domain": "example"},
        {"public_keys": {}},
        {"colour": "red"},
        {"size": "tiny"},
        {"release": "a b"},
    ],
)
def test_a_site_that_cannot_be_is_refused_before_anything_is_made(wrong):
    with pytest.raises(UnusableSite):
        parsed({**SITE, **wrong})


def test_the_example_of_a_site_says_all_that_is_asked_for():
    example = PROJECT / "deploy" / "aws" / "site.example.json"

    assert parsed(json.loads(example.read_text())).size in SIZES


@pytest.mark.xdist_group("stacks")
@pytest.mark.timeout(500)
def test_instances_start_units_that_exist_and_shells_understand_what_they_do():
    templates = stacks.of_size("studio").find("EC2::LaunchTemplate")
    first_words = [each["LaunchTemplateData"]["UserData"]["Fn::Base64"] for each in templates]

    started = {unit for words in first_words for unit in words.splitlines()[-1].split()[6:]}

    assert {unit.partition("@")[2] for unit in started if "worker@" in unit} == set(LANES)
    for unit in started:
        name = re.sub(r"@.*", "@", unit)
        assert (UNITS / f"{name}.service").exists(), unit
    script = PROJECT / "deploy" / "aws" / "instance" / "install"
    for words in {script.read_text(), *first_words}:
        subprocess.run(["sh", "-n"], input=words, text=True, check=True)


def test_an_instance_that_cannot_be_what_it_should_says_why_before_it_is_ended(tmp_path):
    """CloudFormation ends it at once, with its log."""
    said = tmp_path / "said"
    for name, words in {
        "aws": f'printf "%s\\n" "$*" >>{said}',
        "curl": "echo i-1",
        "systemd-sysusers": "echo no such user >&2; exit 1",
    }.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{words}\n")
        program.chmod(0o755)
    script = PROJECT / "deploy" / "aws" / "instance" / "install"

    ended = subprocess.run(
        [
            "sh",
            script,
            "us-east-1",
            "website",
            "mediashare-website",
            "Group",
            "mediashare-web@website",
        ],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )

    stream, events, signal = said.read_text().splitlines()
    assert ended.returncode == 1
    assert "create-log-stream" in stream
    assert "--log-group-name /mediashare/website --log-stream-name i-1-install" in events
    assert "signal-resource" in signal
    assert "--status FAILURE" in signal


@pytest.mark.parametrize("size", [size for size in SIZES.values() if not size.database.has_proxy])
def test_without_a_proxy_the_database_takes_every_connection_that_there_can_be(size):
    """A server has two processors in these sizes, and a worker as many as its name says."""
    unit = (UNITS / "mediashare-web@.service").read_text()
    (threads,) = re.findall(r"--threads=(\d+)", unit)
    servers = sum(web.most for web in size.web.values())
    workers = sum(fleet.most + fleet.reserve for fleet in size.workers.values())
    processors = 4 if any("xlarge" in each for each in size.workers["media"].types) else 2

    # Timer, steering, waiting, an instance for commands, and migrations.
    others = 10
    # A job's process has one, and its lease another.
    assert (
        servers * web_processes(2) * int(threads) + workers * processors * 2 + others
        <= size.database.connections
    )


def test_every_identity_reads_the_secrets_that_its_processes_need():
    for who in IDENTITIES:
        assert {"DATABASE", "SECRET_KEY"} <= set(grants.secrets_of(who))


def test_no_two_alarms_have_one_name():
    roles = {role: role for role in ROLES}
    ways = {way.name: way.name for way in EVERY_WAY}
    found = alarms.of_site(NAMES, SIZES["studio"], balancers=roles, targets=ways)
    names = [alarm.name for alarm in found]

    assert len(names) == len(set(names)) > 20


def test_what_units_say_is_sent_in_order_and_silence_is_not():
    def entry(at: int, message: object) -> str:
        unit = "mediashare-timer.service"
        said = {"__REALTIME_TIMESTAMP": str(at), "MESSAGE": message, "_SYSTEMD_UNIT": unit}
        return json.dumps(said)

    lines: Queue[str] = Queue()
    for each in (entry(2_000_000, "second"), entry(1_000_000, list(b"first")), entry(3, " ")):
        lines.put(each)

    assert next(logs.batches(lines)) == [
        {"timestamp": 1000, "message": "mediashare-timer first"},
        {"timestamp": 2000, "message": "mediashare-timer second"},
    ]


def test_a_request_holds_no_more_than_cloudwatch_takes():
    lines: Queue[str] = Queue()
    for number in range(30):
        said = {"__REALTIME_TIMESTAMP": str(number), "MESSAGE": "x" * 200_000}
        lines.put(json.dumps(said))

    found = next(logs.batches(lines))

    assert 1 < len(found) < 30
    assert sum(len(each["message"]) + 26 for each in found) < 2**20


class Metadata:
    """An instance that is told to go when it is asked the third time."""

    def __init__(self) -> None:
        self.states = iter(["", "InService", "Terminated"])

    def read(self, what: str) -> str:
        if what == "autoscaling/target-lifecycle-state":
            return next(self.states)
        return {
            "tags/instance/Name": "mediashare-sync",
            "placement/region": "us-east-1",
            "instance-id": "i-1",
        }[what]


class AutoScaling:
    def __init__(self, done: list[str]) -> None:
        self.done = done

    def describe_lifecycle_hooks(self, **_: str) -> dict[str, Any]:
        return {"LifecycleHooks": [{"LifecycleHookName": "leaving"}]}

    def complete_lifecycle_action(self, **asked: str) -> None:
        self.done.append(f"{asked['InstanceId']} may go from {asked['AutoScalingGroupName']}")


def test_an_instance_ends_its_work_before_it_says_that_it_may_go(monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(leaving, "GLANCE_SECONDS", 0)

    leaving.main(Metadata(), lambda _: AutoScaling(done), lambda: done.append("all has ended"))

    assert done == ["all has ended", "i-1 may go from mediashare-sync"]
