"""The project: wiring on top, edges below, no product rules."""

from mediashare.celery import app as celery_app

__all__ = ["celery_app"]
