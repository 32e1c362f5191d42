"""The settings of the processes on an instance, as systemd and the shell read them.

`python -m deploy.aws.instance.environment REGION WHO ADDRESS` prints them: what the deployment
wrote into its parameter, the secrets that this kind of instance may read, and what follows from
the machine itself.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import boto3

from deploy.aws import grants, sizes
from deploy.aws.names import PREFIX
from deploy.aws.ports import WAITING_PORT, WEB_PORT
from deploy.aws.settings import from_text


def fetch(ssm: Any, secrets: Any, *, who: str, address: str, processors: int) -> dict[str, str]:
    """All settings of an instance, asked of AWS."""
    found = ssm.get_parameter(Name=f"/{PREFIX}/settings")["Parameter"]["Value"]
    known = {
        what: secrets.get_secret_value(SecretId=f"{PREFIX}/{what}")["SecretString"]
        for what in grants.secrets_of(who)
    }
    if "SECRET_KEY" in known and (before := _before(secrets, f"{PREFIX}/SECRET_KEY")):
        # What was signed before the key changed goes on counting.
        known["SECRET_KEY_FALLBACKS"] = before
    return whole(from_text(found), known, address=address, processors=processors)


def _before(secrets: Any, name: str) -> str:
    """A secret's value before its present one; empty when it never had another."""
    try:
        found = secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    except secrets.exceptions.ResourceNotFoundException:
        return ""
    return str(found["SecretString"])


def whole(
    shared: Mapping[str, str], secrets: Mapping[str, str], *, address: str, processors: int
) -> dict[str, str]:
    """Settings with their secrets, on a machine with this address and so many processors."""
    settings, secret = dict(shared), dict(secrets)
    host, name = settings.pop("DATABASE_HOST"), settings.pop("DATABASE_NAME")
    login = json.loads(secret.pop("DATABASE"))
    user, password = quote(login["username"], safe=""), quote(login["password"], safe="")
    return {
        **settings,
        **secret,
        "DATABASE_URL": f"postgresql://{user}:{password}@{host}/{name}?sslmode=require",
        # Balancers ask an instance for its health by its address.
        "ALLOWED_HOSTS": f"{settings['ALLOWED_HOSTS']},{address}",
        "STATIC_ROOT": "/var/lib/mediashare/static",
        "WEB_BIND": f"0.0.0.0:{WEB_PORT}",
        "WEB_CONCURRENCY": str(sizes.web_processes(processors)),
        "WAITING_HOST": "0.0.0.0",  # noqa: S104  # Only balancers are let through to it.
        "WAITING_PORT": str(WAITING_PORT),
        "WORKER_PROCESSES": str(processors),
    }


def as_file(settings: Mapping[str, str]) -> str:
    """A line each, quoted so that neither systemd nor a shell finds anything in it. A key in PEM
    has its line breaks written out, as the service reads them."""
    lines = []
    for name, value in sorted(settings.items()):
        plain = value.strip().replace("\n", "\\n")
        if "'" in plain:
            raise ValueError(f"{name} has a quote in it.")
        lines.append(f"{name}='{plain}'\n")
    return "".join(lines)


if __name__ == "__main__":
    region, who, address = sys.argv[1:]
    sys.stdout.write(
        as_file(
            fetch(
                boto3.client("ssm", region_name=region),
                boto3.client("secretsmanager", region_name=region),
                who=who,
                address=address,
                processors=os.cpu_count() or 1,
            )
        )
    )
