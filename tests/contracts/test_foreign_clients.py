"""Keys to a folder in the hands of plain S3 programs: AWS's own command line, and s5cmd.

Each line of a table says what somebody tries and who may. All else is refused by S3 itself.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from mediashare.aws import s3
from sync.protocol.transfers import Credentials
from sync.server import credentials
from sync.server.models import Folder, Member
from tests.contracts.conftest import CONTENT
from tests.contracts.test_upload_credentials import expiring
from tests.environments import programs
from tests.uploading import digest_of

# Who may do what is in a line of these tables.
MEMBERS, EDITORS, NOBODY = ("reader", "editor"), ("editor",), ()
Table = Mapping[str, Sequence[str]]

ONE = "--bucket {bucket} --key"
PART = "--upload-id {upload} --part-number"
AWS: Table = {
    f"s3api get-object {ONE} {{mine}} {{out}}": MEMBERS,
    f"s3api head-object {ONE} {{mine}}": MEMBERS,
    "s3 cp s3://{bucket}/{mine} {out}": MEMBERS,
    f"s3api upload-part {ONE} {{begun}} {PART} 1 --body {{file}} --checksum-sha256 {{digest}}": (
        EDITORS
    ),
    f"s3api upload-part-copy {ONE} {{begun}} {PART} 2 --copy-source {{bucket}}/{{mine}}": EDITORS,
    f"s3api upload-part-copy {ONE} {{begun}} {PART} 3 --copy-source {{bucket}}/{{theirs}}": NOBODY,
    f"s3api upload-part {ONE} {{theirs}} {PART} 1 --body {{file}}": NOBODY,
    f"s3api complete-multipart-upload {ONE} {{begun}} --upload-id {{upload}}"
    " --multipart-upload Parts=[{{ETag=x,PartNumber=1}}]": NOBODY,
    f"s3api get-object {ONE} {{theirs}} {{out}}": NOBODY,
    f"s3api put-object {ONE} {{mine}} --body {{file}}": NOBODY,
    "s3 cp {file} s3://{bucket}/{new}": NOBODY,
    "s3 rm s3://{bucket}/{mine}": NOBODY,
    "s3api delete-objects --bucket {bucket} --delete Objects=[{{Key={mine}}}]": NOBODY,
    "s3 ls s3://{bucket}/{prefix}": NOBODY,
    "s3api list-multipart-uploads --bucket {bucket}": NOBODY,
    f"s3api copy-object {ONE} {{new}} --copy-source {{bucket}}/{{mine}}": NOBODY,
    f"s3api create-multipart-upload {ONE} {{new}}": NOBODY,
    f"s3api put-object-tagging {ONE} {{mine}} --tagging TagSet=[{{{{Key=a,Value=b}}}}]": NOBODY,
    f"s3api put-object-acl {ONE} {{mine}} --acl public-read": NOBODY,
    "s3api delete-bucket --bucket {bucket}": NOBODY,
}
S5CMD: Table = {
    "cat s3://{bucket}/{mine}": MEMBERS,
    "cp s3://{bucket}/{mine} {out}": MEMBERS,
    "cat s3://{bucket}/{theirs}": NOBODY,
    "cp {file} s3://{bucket}/{new}": NOBODY,
    "cp {file} s3://{bucket}/{mine}": NOBODY,
    "cp s3://{bucket}/{mine} s3://{bucket}/{new}": NOBODY,
    "mv s3://{bucket}/{mine} s3://{bucket}/{new}": NOBODY,
    "rm s3://{bucket}/{mine}": NOBODY,
    "rm s3://{bucket}/{prefix}*": NOBODY,
    "ls s3://{bucket}/{prefix}": NOBODY,
    "rb s3://{bucket}": NOBODY,
}
REFUSALS = ("(403)", "AccessDenied", "Access Denied", "Forbidden", "InvalidAccessKeyId")

# Loading it takes as long as all that is tried.
AWS_COMMAND_LINE = """
import io, json, os, sys
from awscli.clidriver import create_clidriver

drivers = {}
for line in sys.stdin:
    environment, words = json.loads(line)
    os.environ.update(environment)
    # One loads slowly, keeps its keys, and after `s3api` cannot do `s3`.
    which = environment["AWS_SESSION_TOKEN"], words[0]
    driver = drivers[which] = drivers.get(which) or create_clidriver()
    sys.stdout = sys.stderr = io.TextIOWrapper(said := io.BytesIO(), write_through=True)
    ended = driver.main(words)
    print(json.dumps([ended, said.getvalue().decode()]), file=sys.__stdout__, flush=True)
"""

# How a program ended, and what it said.
Run = Callable[[Credentials, Sequence[str]], tuple[int, str]]


def environment_of(keys: Credentials) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": keys.session_token,
        "AWS_DEFAULT_REGION": keys.region,
        "AWS_REGION": keys.region,
        "AWS_ENDPOINT_URL": keys.endpoint_url,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def aws_command_line() -> Iterator[Run]:
    argv = [str(programs("peers") / "python"), "-c", AWS_COMMAND_LINE]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cli:
        asked, answers = cli.stdin, cli.stdout
        assert asked is not None
        assert answers is not None

        def run(keys: Credentials, words: Sequence[str]) -> tuple[int, str]:
            print(json.dumps([environment_of(keys), words]), file=asked, flush=True)
            ended, said = json.loads(answers.readline())
            return ended, said

        yield run
        asked.close()


@contextmanager
def s5cmd() -> Iterator[Run]:
    program = programs("peers") / "s5cmd"

    def run(keys: Credentials, words: Sequence[str]) -> tuple[int, str]:
        ended = subprocess.run(
            [program, "--endpoint-url", keys.endpoint_url, "--retry-count", "0", *words],
            env=environment_of(keys),
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stderr

    yield run


def tried(run: Run, keys: Credentials, words: Sequence[str]) -> bool:
    """Whether it could be done; what fails for any other reason than a refusal is a fault."""
    ended, said = run(keys, words)
    is_refused = any(word in said for word in REFUSALS)
    assert not ended or is_refused, (words, said)
    # Of several things to delete each has an answer of its own, and AWS's program ends well.
    return not is_refused


def keys_of(folder: Folder, role: str) -> Credentials:
    return credentials.credentials_for(Member(folder=folder, role=role))


@pytest.fixture
def names(folder: Folder, begun: dict[str, str], stored: str, elsewhere: str, tmp_path: Path):
    """What the words in braces stand for."""
    (tmp_path / "file").write_bytes(CONTENT)
    return {
        "bucket": begun["Bucket"],
        "prefix": folder.prefix,
        "mine": stored,
        "theirs": elsewhere,
        "new": f"{folder.prefix}new",
        "begun": begun["Key"],
        "upload": begun["UploadId"],
        "digest": digest_of(CONTENT),
        "file": str(tmp_path / "file"),
        "out": str(tmp_path / "out"),
    }


@pytest.mark.parametrize(
    ("program", "table"), [(aws_command_line, AWS), (s5cmd, S5CMD)], ids=["aws", "s5cmd"]
)
def test_what_is_allowed_works_and_all_else_is_refused(program, table, names, folder, buckets):
    before = sorted(s3.sizes(bucket=buckets.originals, prefix=""))
    keys = {role: keys_of(folder, role) for role in MEMBERS}

    with program() as run:
        done = {
            line: tuple(
                role
                for role in MEMBERS
                # Who may do nothing of it is the one who may do most.
                if (may or role == "editor")
                and tried(run, keys[role], line.format(**names).split())
            )
            for line, may in table.items()
        }

    assert done == table
    assert sorted(s3.sizes(bucket=buckets.originals, prefix="")) == before


def test_keys_that_have_expired_or_lack_their_token_open_nothing(names, folder):
    command = "cp", f"s3://{names['bucket']}/{names['mine']}", names["out"]
    keys = keys_of(folder, "editor")
    dead = expiring(keys.session_token, seconds=-1)
    alive = expiring(keys.session_token, seconds=120)

    with s5cmd() as run:
        opened = {
            token: tried(run, msgspec.structs.replace(keys, session_token=token), command)
            for token in (dead, "", alive)
        }

    assert opened == {dead: False, "": False, alive: True}
