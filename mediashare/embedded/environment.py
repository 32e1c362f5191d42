"""What the service's settings are on one machine, and the file that carries them.

`manage.py` and every other program of the service read `service.env`; nothing here reads
Django's settings, since it is what they are made from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mediashare.embedded import objectstore
from mediashare.embedded.home import Home, Memory

REGION = "us-east-1"
QUEUE_PREFIX = "mediashare-"

HEADER = """\
# Written by `make run`. It holds passwords; do not edit it, it is written anew at each start.
# Values in the environment win over these, and so do those in `.env`.
"""


@dataclass(frozen=True)
class Databases:
    """Numbers of the broker's key spaces, so that test workers can keep apart."""

    broker: int = 0
    cache: int = 1


def service_settings(home: Home, memory: Memory, *, web_port: int) -> dict[str, str]:
    """The settings of web, workers and timer on this machine."""
    port, secret = memory.ports, memory.secrets
    store = f"http://127.0.0.1:{port['s3']}"
    databases = Databases()
    return {
        "SECRET_KEY": secret["secret_key"],
        # Passkeys are tied to a name, and browsers refuse them for a bare IP address.
        "SITE_URL": f"http://localhost:{web_port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DATABASE_URL": (
            f"postgresql://mediashare:{secret['postgres_service']}"
            f"@127.0.0.1:{port['postgres']}/mediashare"
        ),
        "CACHE_URL": broker_url(memory, databases.cache),
        "CELERY_BROKER_URL": broker_url(memory, databases.broker),
        "CELERY_QUEUE_PREFIX": QUEUE_PREFIX,
        "S3_REGION": REGION,
        "S3_ENDPOINT_URL": store,
        "S3_PUBLIC_ENDPOINT_URL": store,
        "S3_ACCESS_KEY_ID": secret["s3_service_key"],
        "S3_SECRET_ACCESS_KEY": secret["s3_service_secret"],
        "ORIGINALS_BUCKET": "mediashare-originals",
        "RENDITIONS_BUCKET": "mediashare-renditions",
        "UPLOAD_ROLE_ARN": objectstore.UPLOAD_ROLE_ARN,
        "SYNC_ROLE_ARN": objectstore.SYNC_ROLE_ARN,
        "SYNC_WAITING_URL": f"http://127.0.0.1:{port['waiting']}/sync/v1",
        "MAILBOX_DIR": str(home / "mail"),
        "LOG_FORMAT": "text",
    }


def broker_url(memory: Memory, database: int) -> str:
    return f"redis://:{memory.secrets['broker']}@127.0.0.1:{memory.ports['broker']}/{database}"


def as_env_file(settings: Mapping[str, str]) -> str:
    """Text as python-dotenv reads it; paths may hold spaces and quotes."""
    lines = (f"{name}={_quoted(value)}\n" for name, value in settings.items())
    return HEADER + "".join(lines)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
