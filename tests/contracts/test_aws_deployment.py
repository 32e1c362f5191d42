"""The AWS stacks deployed whole, and the service on what they made: from upload to mail.

Processes get the settings that an instance would make for itself, of the same parameter and
secrets. What stands in differs in where it is, and that is all that is said otherwise.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone

from albums.models import Item
from deploy.aws.instance import environment
from mediashare.embedded.home import PROJECT
from sync.client.asking import Asking
from sync.server import actions
from sync.server.following import choosing, sending
from sync.server.models import Member
from tests import deployed, stacks
from tests.contracts import ministack
from tests.contracts.workers import database_url, kill, start, wait_for
from tests.deployed import Deployment
from tests.edge import Answer, Edge, Parameters, Request
from tests.people import person
from tests.servers import free_port
from tests.synced import Synced
from tests.uploading import Sender, token_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("stacks"),
    # Templates are made, and all of them deployed.
    pytest.mark.timeout(500),
]

PHOTO = PROJECT / "tests" / "media" / "gps.jpg"
# Three programs start here, on whatever machine the tests have.
PATIENCE_SECONDS = 120
# A letter has been asked for a while, and then nothing has changed for the quiet period.
LATER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory) -> Iterator[Deployment]:
    with ministack.running(tmp_path_factory.mktemp("aws")) as address:
        found = deployed.deploy(stacks.of_size("company"), address)
        # As the operator does, with the half of the key that no template has.
        found.client("secretsmanager").put_secret_value(
            SecretId="mediashare/CLOUDFRONT_PRIVATE_KEY",
            SecretString=stacks.private_key("company"),
        )
        yield found


@pytest.fixture
def service(deployment, settings) -> dict[str, str]:
    """The settings of an instance, with everything where the tests have it."""
    of_instance = environment.fetch(
        deployment.client("ssm"),
        deployment.client("secretsmanager"),
        who="sync",
        address="127.0.0.1",
        processors=1,
    )
    own = of_instance | elsewhere(deployment.address)
    for name in ("S3_REGION", "ORIGINALS_BUCKET", "SYNC_JOURNAL", "DYNAMODB_TABLE"):
        setattr(settings, name, own[name])
    for name in ("S3_ENDPOINT_URL", "DYNAMODB_ENDPOINT_URL", "DEFAULT_FROM_EMAIL"):
        setattr(settings, name, own[name])
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = ministack.KEY, ministack.SECRET
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    keys = {"aws_access_key_id": ministack.KEY, "aws_secret_access_key": ministack.SECRET}
    place = {"endpoint_url": own["S3_ENDPOINT_URL"], "region_name": own["S3_REGION"]}
    settings.ANYMAIL = {
        "AMAZON_SES_CLIENT_PARAMS": {**place, **keys},
        "AMAZON_SES_CONFIGURATION_SET_NAME": own["SES_CONFIGURATION_SET"],
    }
    return own


def elsewhere(address: str) -> dict[str, str]:
    """What is not where AWS would have it."""
    aws = f"http://{address}"
    return {
        "DATABASE_URL": database_url(),
        "CACHE_URL": os.environ["CACHE_URL"],
        "STATIC_ROOT": os.environ["STATIC_ROOT"],
        "S3_ENDPOINT_URL": aws,
        "DYNAMODB_ENDPOINT_URL": aws,
        "CLOUDWATCH_ENDPOINT_URL": aws,
        "AUTOSCALING_ENDPOINT_URL": aws,
        "S3_ACCESS_KEY_ID": ministack.KEY,
        "S3_SECRET_ACCESS_KEY": ministack.SECRET,
        "CELERY_BROKER_URL": f"sqs://{ministack.KEY}:{ministack.SECRET}@{address}",
        "SPOT_WATCH": "no",
        "ROLE": "everything",
    }


@contextmanager
def web(log: Path, env: Mapping[str, str]) -> Iterator[str]:
    """The address of a web server, as its unit starts it."""
    address = f"127.0.0.1:{free_port()}"
    argv = [sys.executable, "-m", "gunicorn", "mediashare.wsgi:application", f"--bind={address}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*argv, "--worker-class=gthread", "--threads=4", "--no-control-socket"],
            cwd=PROJECT,
            env=dict(env),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: is_ready(address), seconds=PATIENCE_SECONDS)
        yield f"http://{address}"
    finally:
        kill(process)


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


class Program:
    """What a program with somebody's token says to the service."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, said: Any, **_: object) -> httpx.Response:
        return self._http.post(path, json=said)


def bytes_of(deployment: Deployment, service: Mapping[str, str]) -> Edge:
    """The deployment's distribution, in front of its buckets."""
    buckets = {
        "originals": service["ORIGINALS_BUCKET"],
        "renditions": service["RENDITIONS_BUCKET"],
    }
    s3 = deployment.client("s3")

    def origin(name: str, key: str, parameters: Parameters) -> Answer:
        found = s3.get_object(Bucket=buckets[name], Key=key)
        return Answer(200, {"Content-Type": found["ContentType"]}, found["Body"].read())

    domain = service["CLOUDFRONT_DOMAIN"]
    return Edge(stacks.of_size("company"), domain=domain, origin=origin)


def test_every_stack_is_deployed_and_what_is_left_out_is_listed(deployment):
    states = {state for found in deployment.states.values() for state in found.values()}
    made = sum(len(found) for found in deployment.states.values())
    wanted = [
        resource["Type"]
        for template in stacks.of_size("company").templates.values()
        for resource in template["Resources"].values()
    ]

    assert states == {"CREATE_COMPLETE"}
    assert made == len([kind for kind in wanted if kind not in deployed.UNKNOWN])
    # Nothing is listed that could be tried.
    assert set(deployed.UNKNOWN) <= set(wanted)


def test_a_photo_goes_from_upload_to_a_signed_address_and_a_file_from_commit_to_mail(
    deployment, service, settings, tmp_path
):
    alice, bob = person("alice"), person("bob")
    # Nothing of what the tests' own servers are: what a process needs, the deployment told it.
    env = {"PATH": os.environ["PATH"], "MEDIASHARE_HOME": str(tmp_path), **service}
    with ExitStack() as running:
        url = running.enter_context(web(tmp_path / "web.log", env))
        running.callback(kill, start(tmp_path / "worker.log", env))

        # Upload: keys of STS, parts straight to S3, a message in SQS, a worker, a rendition.
        sender = Sender(Program(url, token_of(alice)), PHOTO.read_bytes()).begun()  # type: ignore[arg-type]
        assert sender.answer["method"] == "sts"
        assert sender.send().complete().status_code == 201
        wait_for(lambda: Item.objects.get().state == Item.State.READY, seconds=PATIENCE_SECONDS)

        # Delivery: the page's address, at the distribution.
        item = httpx.get(
            f"{url}/api/v1/items/{Item.objects.get().pk}",
            headers={"Authorization": f"Bearer {token_of(alice)}"},
        ).json()
        shown = urlsplit(item["thumbnail_url"])
        edge = bytes_of(deployment, service)
        answer = edge.answer(Request(shown.path, shown.query), now=timezone.now())
        assert answer.status == 200
        assert answer.body[:3] == b"\xff\xd8\xff"
        assert edge.answer(Request(shown.path), now=timezone.now()).status == 403

        # Sync: the client's own engine, and the journal in DynamoDB.
        member = actions.create_folder(owner=alice, name="Papers")
        follower = Member.objects.create(folder=member.folder, user=bob, role="reader")
        choosing.choose(member=follower, mail=Member.Mail.AT_REST, now=timezone.now() - LATER)
        asking = running.enter_context(closing(Asking(url, token_of(alice, "sync"))))
        here = Synced(tmp_path / "laptop", asking, str(member.folder_id), running)
        there = Synced(tmp_path / "desk", asking, str(member.folder_id), running)
        (here.root / "notes.txt").write_text("dear bob")
        here.sync()
        there.sync()
        assert there.files() == {"notes.txt": b"dear bob"}
    lines = deployment.client("dynamodb").scan(TableName=service["DYNAMODB_TABLE"])["Items"]
    assert any(member.folder_id.hex in item["pk"]["S"].replace("-", "") for item in lines), lines

    # Mail: to who follows, from the site's own domain, by SES.
    assert sending.send_due(now=timezone.now() + LATER) == 1
    sent = httpx.get(f"http://{deployment.address}/_ministack/ses/messages").json()
    assert "bob@example.org" in str(sent)
