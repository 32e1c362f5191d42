"""Temporary credentials from STS, cut down to a prefix by a session policy, and tagged with it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from mediashare.aws.client import calling, client

if TYPE_CHECKING:
    from mypy_boto3_sts.client import STSClient

# STS refuses a shorter life than this.
SHORTEST_SECONDS = 900


@dataclass(frozen=True)
class TemporaryCredentials:
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: datetime


def assume_role(
    *, role_arn: str, session_name: str, policy: dict[str, Any], prefix: str, seconds: int
) -> TemporaryCredentials:
    """Credentials that may do what both the role and the policy allow, and die by themselves.

    On AWS the role itself allows nothing outside the prefix that a session is tagged with, whatever
    the policy says (deploy/aws/grants.py); elsewhere the policy alone does.
    """
    sts: STSClient = client("sts", endpoint_url=settings.STS_ENDPOINT_URL)
    with calling("assume role"):
        answer = sts.assume_role(
            RoleArn=role_arn,
            RoleSessionName=session_name,
            Policy=json.dumps(policy, separators=(",", ":")),
            Tags=[{"Key": "prefix", "Value": prefix}],
            DurationSeconds=max(SHORTEST_SECONDS, seconds),
        )["Credentials"]
    return TemporaryCredentials(
        access_key_id=answer["AccessKeyId"],
        secret_access_key=answer["SecretAccessKey"],
        session_token=answer["SessionToken"],
        expires_at=answer["Expiration"],
    )
