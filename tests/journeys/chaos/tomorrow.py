"""Do what the timer does about strays, as if it were more than a day later.

`python -m tests.journeys.chaos.tomorrow` does it on the stack whose environment it has.
"""

from datetime import timedelta

LATER = timedelta(days=2)


def main() -> None:
    import django  # noqa: PLC0415  # Nothing of Django may be touched before it is set up.

    django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from mediashare.storage import clearing, unused  # noqa: PLC0415
    from processing import leftovers  # noqa: PLC0415
    from processing.archives import sweeping  # noqa: PLC0415
    from sync.server import sweeping as folders  # noqa: PLC0415

    now = timezone.now() + LATER
    clearing.expire_uploads(now=now)
    clearing.clear_leftovers(now=now)
    clearing.drop_stray_multiparts(now=now)
    leftovers.delete_replaced(now=now)
    sweeping.sweep(now=now)
    folders.expire_incoming(now=now)
    folders.forget_unused(now=now)
    folders.drop_stray_multiparts(now=now)
    unused.delete_unused_blobs(now=now)


if __name__ == "__main__":
    main()
