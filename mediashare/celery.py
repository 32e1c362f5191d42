"""The Celery app, its queues and its timetable, on one screen."""

import os

from celery import Celery
from django.conf import settings
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediashare.settings")

app = Celery("mediashare")

# Queues are named by the kind of waiting, not by the kind of file.
QUEUES = {
    "interactive": "somebody is looking at the page: first thumbnails, posters",
    "media": "somebody will come back: video renditions",
    "bulk": "nobody waits: sweeps, expiry, re-processing",
}

ROUTES = {
    "processing.tasks.prepare": "interactive",
    "processing.tasks.transcode": "media",
    "processing.tasks.repost_lost_jobs": "bulk",
    "mediashare.storage.tasks.expire_uploads": "bulk",
    "mediashare.storage.tasks.delete_unused_blobs": "bulk",
    "albums.tasks.empty_trash": "bulk",
}


def timetable() -> dict[str, dict[str, object]]:
    """What runs by itself, and how often in seconds."""
    hourly = 3600.0
    return {
        "repost lost jobs": {
            "task": "processing.tasks.repost_lost_jobs",
            "schedule": float(settings.JOB_SWEEP_SECONDS),
        },
        "expire uploads": {"task": "mediashare.storage.tasks.expire_uploads", "schedule": 300.0},
        "empty trash": {"task": "albums.tasks.empty_trash", "schedule": hourly},
        "delete unused blobs": {
            "task": "mediashare.storage.tasks.delete_unused_blobs",
            "schedule": hourly,
        },
    }


def configuration() -> dict[str, object]:
    """Celery's settings; read when first needed, so that importing this module needs none."""
    prefix = settings.CELERY_QUEUE_PREFIX
    return {
        "broker_url": settings.CELERY_BROKER_URL,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": _transport_options(),
        "beat_schedule": timetable(),
        "task_queues": [Queue(prefix + name) for name in QUEUES],
        "task_default_queue": prefix + "bulk",
        "task_routes": {task: {"queue": prefix + queue} for task, queue in ROUTES.items()},
        "task_ignore_result": True,
        # A task is a door to a job row: delivered twice it does nothing, so it may be acked late.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 500,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,
        "timezone": "UTC",
    }


def _transport_options() -> dict[str, object]:
    if not settings.CELERY_BROKER_URL.startswith("sqs:"):
        return {"visibility_timeout": settings.SQS_VISIBILITY_SECONDS}
    return {
        "region": settings.S3_REGION,
        "visibility_timeout": settings.SQS_VISIBILITY_SECONDS,
        "wait_time_seconds": 10,
        "polling_interval": 0.1,
        **({"is_secure": False} if settings.SQS_ENDPOINT_URL.startswith("http:") else {}),
    }


app.add_defaults(configuration)
app.autodiscover_tasks()
