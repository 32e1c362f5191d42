"""The process that holds waiting clients: uvicorn with one application, and its two tasks beside.

Told to stop, it answers everybody at once and then stops; nobody is cut off.
"""

import asyncio
import resource
import socket
from typing import Any

import structlog
import uvicorn

from sync.server.waiting.room import Room
from sync.server.waiting.rousing import Rousing

# Longer than a client takes between two waits, so that it need not connect anew; and longer than a
# balancer keeps a connection (two minutes), which else sends requests into one that just ends.
KEEP_ALIVE_SECONDS = 130
# As long as answering ten thousand takes a slow machine.
STOP_SECONDS = 20
BACKLOG = 4096
# Beside the clients: the database, Valkey, the program's own files.
OTHER_FILES = 100

log = structlog.get_logger(__name__)


class Server(uvicorn.Server):
    """Uvicorn that answers who waits before it waits for them to be answered.

    When one of the tasks beside it ends, so does the server: its supervisor starts it again.
    """

    def __init__(self, config: uvicorn.Config, room: Room, rousing: Rousing) -> None:
        super().__init__(config)
        self._room, self._rousing = room, rousing
        self._beside: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._beside = [
            asyncio.create_task(self._rousing.listen()),
            asyncio.create_task(self._rousing.go_round()),
        ]
        for task in self._beside:
            task.add_done_callback(self._ended)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._room.close()
        await super().shutdown(sockets)
        for task in self._beside:
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            log.error("task_ended", exc_info=task.exception())
            self.should_exit = True


def serve(app: Any, room: Room, rousing: Rousing, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    Server(config, room, rousing).run()


def allow_connections(wanted: int) -> int:
    """Have the system allow so many connections, if it does; how many it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft - OTHER_FILES)
