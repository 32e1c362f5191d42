"""ministack as a process: a stand-in for SQS, CloudWatch and DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.contracts import standins
from tests.contracts.standins import KEY, REGION, SECRET
from tests.servers import free_port

__all__ = ["KEY", "REGION", "SECRET", "client", "running"]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a fresh stand-in, `127.0.0.1:port`; nothing of it is kept."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "EDGE_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        # Without this it listens to the whole network on another port.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    with standins.running(
        "ministack",
        folder=folder,
        environment=environment,
        answers=lambda: client(address).list_queues(),
    ):
        yield address


def client(address: str) -> Any:
    """A client of its SQS."""
    return standins.client("sqs", address)
