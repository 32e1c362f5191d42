"""moto as a process: a second stand-in for DynamoDB, by other people than the first.

It answers one request after the other. Otherwise a transaction that it takes back would take back
with it what others wrote meanwhile: it puts back a copy of the whole table. It makes that copy for
each item of a transaction; here, once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contracts import standins
from tests.servers import free_port

SERVE = """
import copy, sys, types
from moto.dynamodb import models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

copies = {}
transact = models.DynamoDBBackend.transact_write_items


def copied(found):
    if not isinstance(found, models.Table):
        return copy.deepcopy(found)
    if found.name not in copies:
        copies[found.name] = copy.deepcopy(found)
    return copies[found.name]


def transact_with_one_copy(backend, items):
    copies.clear()
    return transact(backend, items)


models.copy = types.SimpleNamespace(deepcopy=copied, copy=copy.copy)
models.DynamoDBBackend.transact_write_items = transact_with_one_copy
application = DomainDispatcherApplication(create_backend_app)
run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=False)
"""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a fresh stand-in, `127.0.0.1:port`; nothing of it is kept."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    with standins.running(
        "python",
        *("-c", SERVE, str(port)),
        folder=folder,
        environment={},
        answers=lambda: standins.client("dynamodb", address).list_tables(),
    ):
        yield address
