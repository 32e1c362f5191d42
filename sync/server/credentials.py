"""Temporary keys to one folder's bytes, cut down to what its member may do."""

from typing import Any

from django.conf import settings

from mediashare.aws import sts
from mediashare.storage import policies
from sync.protocol.transfers import Credentials
from sync.server.models import Member


def policy_for(member: Member) -> dict[str, Any]:
    """Readers read below the folder's prefix; who may write also sends parts there."""
    prefix, bucket = member.folder.prefix, settings.ORIGINALS_BUCKET
    reading = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{prefix}*",
    }
    if not member.may_write:
        return {"Version": "2012-10-17", "Statement": [reading]}
    sending = policies.only_parts_of(bucket=bucket, prefix=prefix)
    return {**sending, "Statement": [reading, *sending["Statement"]]}


def credentials_for(member: Member) -> Credentials:
    """Keys that die within the hour. Each call gives new ones. Raises Unavailable."""
    held = sts.assume_role(
        role_arn=settings.SYNC_ROLE_ARN,
        session_name=f"folder-{member.folder_id}",
        policy=policy_for(member),
        prefix=member.folder.prefix,
        seconds=settings.UPLOAD_CREDENTIALS_SECONDS,
    )
    return Credentials(
        access_key_id=held.access_key_id,
        secret_access_key=held.secret_access_key,
        session_token=held.session_token,
        expires_at=held.expires_at,
        bucket=settings.ORIGINALS_BUCKET,
        prefix=member.folder.prefix,
        region=settings.S3_REGION,
        endpoint_url=settings.S3_PUBLIC_ENDPOINT_URL,
        may_send=member.may_write,
    )
