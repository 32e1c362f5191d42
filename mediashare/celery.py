"""The Celery app, its queues and its timetable, on one screen."""

import gc
import os
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process, worker_ready
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

# Where each task waits, and the seconds after which it is killed: a safety net far above what
# the work itself allows its children. A killed task's job is found again by its lease.
HOUR = 3600
TASKS = {
    "processing.tasks.interactive": ("interactive", HOUR),
    "processing.tasks.media": ("media", 8 * HOUR),
    "processing.tasks.bulk": ("bulk", 8 * HOUR),
    "processing.tasks.ring_for_forgotten_jobs": ("interactive", 300),
    "processing.tasks.make_old_outcomes_anew": ("bulk", 300),
    "processing.tasks.delete_what_was_replaced": ("bulk", HOUR),
    "processing.archives.tasks.remove_expired": ("bulk", HOUR),
    "processing.tasks.forget_workers": ("bulk", 60),
    "mediashare.storage.tasks.expire_uploads": ("bulk", 600),
    "mediashare.storage.tasks.delete_unused_blobs": ("bulk", HOUR),
    "sync.server.tasks.sweep": ("bulk", HOUR),
    "sync.server.tasks.advance_act": ("interactive", HOUR),
    "sync.server.tasks.end_histories": ("bulk", 8 * HOUR),
    "sync.server.tasks.tell_followers": ("bulk", 600),
    "sync.server.tasks.copy_journals": ("bulk", HOUR),
    # One file may have terabytes.
    "sync.server.tasks.verify": ("bulk", 24 * HOUR),
    "mediashare.api.tasks.forget_answers": ("bulk", 300),
    "mediashare.accounts.tasks.forget_sessions": ("bulk", 300),
    "mediashare.accounts.tasks.forget_device_requests": ("bulk", 300),
    "albums.tasks.empty_trash": ("bulk", HOUR),
    "albums.tasks.tell_of_takeouts": ("bulk", 300),
    "albums.tasks.find_similar": ("bulk", HOUR),
    "albums.tasks.follow_folder": ("interactive", HOUR),
    "albums.tasks.mirror_album": ("interactive", HOUR),
    "albums.tasks.sweep_folders": ("bulk", HOUR),
}


def timetable() -> dict[str, dict[str, object]]:
    """What runs by itself, and how often in seconds."""
    return {
        "ring for forgotten jobs": {
            "task": "processing.tasks.ring_for_forgotten_jobs",
            "schedule": float(settings.JOB_SWEEP_SECONDS),
        },
        "make old outcomes anew": {
            "task": "processing.tasks.make_old_outcomes_anew",
            "schedule": 60.0,
        },
        "delete what was replaced": {
            "task": "processing.tasks.delete_what_was_replaced",
            "schedule": float(HOUR),
        },
        "forget workers": {"task": "processing.tasks.forget_workers", "schedule": 60.0},
        "expire uploads": {"task": "mediashare.storage.tasks.expire_uploads", "schedule": 300.0},
        "sweep folders": {"task": "sync.server.tasks.sweep", "schedule": 300.0},
        "end histories": {"task": "sync.server.tasks.end_histories", "schedule": float(HOUR)},
        "tell followers": {"task": "sync.server.tasks.tell_followers", "schedule": 60.0},
        "copy journals": {"task": "sync.server.tasks.copy_journals", "schedule": 60.0},
        "verify folders": {"task": "sync.server.tasks.verify", "schedule": 60.0},
        "tell of takeouts": {"task": "albums.tasks.tell_of_takeouts", "schedule": 60.0},
        "remove expired archives": {
            "task": "processing.archives.tasks.remove_expired",
            "schedule": float(HOUR),
        },
        "empty trash": {"task": "albums.tasks.empty_trash", "schedule": float(HOUR)},
        "find similar photos": {"task": "albums.tasks.find_similar", "schedule": 15.0},
        "sweep folders and albums": {"task": "albums.tasks.sweep_folders", "schedule": 15.0},
        "forget answers": {
            "task": "mediashare.api.tasks.forget_answers",
            "schedule": float(HOUR),
        },
        "forget sessions": {
            "task": "mediashare.accounts.tasks.forget_sessions",
            "schedule": float(HOUR),
        },
        "forget device requests": {
            "task": "mediashare.accounts.tasks.forget_device_requests",
            "schedule": float(HOUR),
        },
        "delete unused blobs": {
            "task": "mediashare.storage.tasks.delete_unused_blobs",
            "schedule": float(HOUR),
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
        "task_routes": {task: {"queue": prefix + queue} for task, (queue, _) in TASKS.items()},
        "task_annotations": {task: {"time_limit": seconds} for task, (_, seconds) in TASKS.items()},
        # A request does not wait for a broker that is away; the sweep posts again.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.2},
        "task_ignore_result": True,
        # A task is a door to a job row: delivered twice it does nothing, so it may be acked late.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 500,
        "worker_max_memory_per_child": 600_000,  # In KiB; decoding has processes of its own.
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,
        "timezone": "UTC",
    }


def _transport_options() -> dict[str, object]:
    """A message comes again after the visibility timeout; a job that runs longer ignores it."""
    visibility: dict[str, object] = {"visibility_timeout": settings.SQS_VISIBILITY_SECONDS}
    if not settings.CELERY_BROKER_URL.startswith("sqs:"):
        # A worker of several lanes looks into them in the order in which it was given them.
        return {**visibility, "socket_connect_timeout": 3, "queue_order_strategy": "priority"}
    urls = settings.SQS_QUEUE_URLS
    return {
        **visibility,
        "region": settings.S3_REGION,
        "is_secure": not any(url.startswith("http:") for url in urls),
        "wait_time_seconds": 10,
        "polling_interval": 0.1,
        # With their addresses known, workers need no right to list or make queues.
        "predefined_queues": {url.rsplit("/", 1)[1]: {"url": url} for url in urls},
    }


@setup_logging.connect
def _log_as_all_do(**_: object) -> None:
    """Django has set it up. Celery would have workers say warnings alone, whatever LOG_LEVEL is."""


@worker_before_create_process.connect
def _share_memory(**_: object) -> None:
    """What is loaded by now stays; uncounted by the collector, a child need not copy it."""
    gc.collect()
    gc.freeze()


@worker_ready.connect
def _say_so(**_: object) -> None:
    if settings.READY_FILE:
        Path(settings.READY_FILE).touch()


app.add_defaults(configuration)
# Parts of each worker, beside Celery's own; named, so that they are loaded in workers only.
app.steps["worker"].add("processing.spot:SpotWatch")
app.steps["consumer"].add("processing.visibility:Visibility")
app.steps["consumer"].add("processing.presence:Presence")
app.autodiscover_tasks()
