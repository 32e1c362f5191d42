"""Coroutines in tests. A worker that has had a browser runs a loop already, for good."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Given = TypeVar("Given")


def run_to_end(scene: Coroutine[Any, Any, Given]) -> Given:
    """What a coroutine gives, run by a loop of its own in a thread of its own."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, scene).result()
