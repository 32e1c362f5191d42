"""The service's settings on AWS: all that are no secrets, as instances read them. Pure.

The names are those of `.env.example`. What is not here has its usual value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.aws.names import PREFIX, Names
from deploy.aws.sizes import Size


@dataclass(frozen=True)
class Made:
    """What only a deployment can tell."""

    database_host: str
    cache_host: str
    signing_key_id: str
    queue_urls: Mapping[str, str]
    returned_mail_topic: str


def of_service(names: Names, size: Size, made: Made) -> dict[str, str]:
    """Settings that all processes share. What a process is, its unit says."""
    site = names.site
    return {
        "SITE_URL": site.site_url,
        "ALLOWED_HOSTS": ",".join(site.host(part) for part in ("uploads", "sync", "waiting")),
        # Of these `boot` makes DATABASE_URL, with the password that Secrets Manager has.
        "DATABASE_HOST": made.database_host,
        "DATABASE_NAME": PREFIX,
        "CACHE_URL": f"rediss://{made.cache_host}:6379/0",
        "S3_REGION": site.region,
        "ORIGINALS_BUCKET": names.bucket("originals"),
        "RENDITIONS_BUCKET": names.bucket("renditions"),
        "UPLOAD_ROLE_ARN": names.role_arn("upload-keys"),
        "SYNC_ROLE_ARN": names.role_arn("folder-keys"),
        "SYNC_JOURNAL": "dynamodb",
        "DYNAMODB_TABLE": names.table,
        "SYNC_WAITING_URL": f"https://{site.host('waiting')}/sync/v1",
        "DELIVERY": "cloudfront",
        "CLOUDFRONT_DOMAIN": f"https://{site.host('media')}",
        "CLOUDFRONT_KEY_ID": made.signing_key_id,
        "CELERY_BROKER_URL": "sqs://",
        "CELERY_QUEUE_PREFIX": f"{PREFIX}-",
        "SQS_QUEUE_URLS": ",".join(made.queue_urls.values()),
        "WORKER_GROUPS": groups(names, size, ""),
        "RESERVE_GROUPS": groups(names, size, "-reserve"),
        "CLOUDWATCH_NAMESPACE": PREFIX,
        "SPOT_WATCH": "yes",
        "DEFAULT_FROM_EMAIL": f"mediashare <noreply@{site.domain}>",
        "SES_CONFIGURATION_SET": PREFIX,
        "SES_TOPIC_ARNS": made.returned_mail_topic,
        "TRUSTED_PROXIES": "1",
        "SECURE_HSTS_SECONDS": "31536000",
    }


def groups(names: Names, size: Size, kind: str) -> str:
    """For each lane that a fleet is steered by, its group."""
    return ",".join(
        f"{fleet.lanes[0]}={names.group(f'worker-{name}{kind}')}"
        for name, fleet in size.workers.items()
    )


def as_text(settings: Mapping[str, str]) -> str:
    """As the parameter holds them: a line each."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def from_text(text: str) -> dict[str, str]:
    """What `as_text` wrote."""
    return dict(line.split("=", 1) for line in text.splitlines() if line)
