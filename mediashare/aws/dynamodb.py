"""Items of one DynamoDB table: read by key or by partition, and written all or none.

There is no scan here. Reads are consistent. A write that must not happen twice says so by its
condition: a request may arrive twice, and its token is not relied on.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError
from django.conf import settings

from mediashare.aws.client import Unavailable, calling, client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Value = str | int | bool | bytes
Item = Mapping[str, Value]

# What DynamoDB takes in one request.
MOST_WRITES = 100
MOST_READS = 100
MOST_DELETES = 25
# Keys that a busy table left out of an answer are asked for again, after longer and longer.
PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
# Why DynamoDB cancels a transaction when somebody else was first.
OVERTAKEN = {"ConditionalCheckFailed", "TransactionConflict"}


class Overtaken(Exception):
    """A condition did not hold, or another transaction is at these items. Nothing was written."""


class Key(NamedTuple):
    """An item: its partition, and its place in that, by which a partition is sorted."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Condition:
    """What must hold of an item as it is. `words` are DynamoDB's, with `:name` for a value."""

    words: str
    values: Mapping[str, Value] = field(default_factory=dict)


ABSENT = Condition("attribute_not_exists(pk)")
ANY = Condition("")


@dataclass(frozen=True)
class Put:
    """Write an item, whole."""

    key: Key
    item: Item
    condition: Condition


@dataclass(frozen=True)
class Update:
    """Set some attributes of an item, and add to others; it is made when it is not there."""

    key: Key
    settled: Item
    added: Mapping[str, int]
    condition: Condition


@dataclass(frozen=True)
class Delete:
    key: Key
    condition: Condition


Write = Put | Update | Delete


def get(keys: Sequence[Key]) -> dict[Key, Item]:
    """Those of the items that are there, however many are asked for.

    Raises mediashare.aws.client.Unavailable, Refused and Rejected, as everything here does.
    """
    found: dict[Key, Item] = {}
    for start in range(0, len(keys), MOST_READS):
        some = [_key(key) for key in keys[start : start + MOST_READS]]
        for item in _get_some(some):
            found[Key(str(item["pk"]), str(item["sk"]))] = item
    return found


def query(
    pk: str, *, first: str = "", last: str = "", is_backwards: bool = False, at_once: int = 0
) -> Iterator[Item]:
    """The items of a partition between two places, in order, as they are being read.

    Who wants few of them says with `at_once` how many to read in a request.
    """
    condition, places = _between(first, last)
    asked: dict[str, Any] = {
        "TableName": settings.DYNAMODB_TABLE,
        "KeyConditionExpression": f"pk = :pk{condition}",
        "ExpressionAttributeValues": _values({"pk": pk, **places}),
        "ConsistentRead": True,
        "ScanIndexForward": not is_backwards,
    }
    if at_once:
        asked["Limit"] = at_once
    while True:
        with calling("query items"):
            page = _client().query(**asked)
        yield from map(_item, page["Items"])
        if not page.get("LastEvaluatedKey"):
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def write(writes: Sequence[Write]) -> None:
    """Do all of these, of different items, or none; at most MOST_WRITES.

    Raises Overtaken when somebody else was first.
    """
    with calling("write items"):
        try:
            _client().transact_write_items(TransactItems=[_write(each) for each in writes])
        except ClientError as error:
            reasons = {each.get("Code") for each in error.response.get("CancellationReasons", [])}
            reasons -= {"None", None}
            if reasons and reasons <= OVERTAKEN:
                raise Overtaken(", ".join(sorted(map(str, reasons)))) from error
            if reasons & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
                raise Unavailable(f"write items: {error}") from error
            raise


def delete(keys: Sequence[Key]) -> None:
    """Delete items, whatever is in them, each for itself and however many. Twice is once."""
    for start in range(0, len(keys), MOST_DELETES):
        some = keys[start : start + MOST_DELETES]
        _delete_some([{"DeleteRequest": {"Key": _key(key)}} for key in some])


def make_table() -> None:
    """Make the table of the settings, paid for by request; return when it can be used."""
    with calling("make table"):
        _client().create_table(
            TableName=settings.DYNAMODB_TABLE,
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        _client().get_waiter("table_exists").wait(
            TableName=settings.DYNAMODB_TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def _client() -> "DynamoDBClient":
    found: DynamoDBClient = client("dynamodb", endpoint_url=settings.DYNAMODB_ENDPOINT_URL)
    return found


def _get_some(keys: list[Any]) -> Iterator[Item]:
    table = settings.DYNAMODB_TABLE
    for pause in (*PAUSES_SECONDS, None):
        asked: Any = {table: {"Keys": keys, "ConsistentRead": True}}
        with calling("get items"):
            answer = _client().batch_get_item(RequestItems=asked)
        yield from map(_item, answer["Responses"].get(table, ()))
        left = answer.get("UnprocessedKeys", {}).get(table)
        if not left:
            return
        if pause is None:
            break
        keys = left["Keys"]
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  # To keep the impatient apart.
    raise Unavailable("get items: the table is too busy")


def _between(first: str, last: str) -> tuple[str, dict[str, Value]]:
    if first and last:
        return " AND sk BETWEEN :first AND :last", {"first": first, "last": last}
    if first:
        return " AND sk >= :first", {"first": first}
    return (" AND sk <= :last", {"last": last}) if last else ("", {})


def _delete_some(requests: list[Any]) -> None:
    table = settings.DYNAMODB_TABLE
    for pause in (*PAUSES_SECONDS, None):
        with calling("delete items"):
            answer = _client().batch_write_item(RequestItems={table: requests})
        left = answer.get("UnprocessedItems", {}).get(table)
        if not left:
            return
        if pause is None:
            break
        requests = list(left)
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  # To keep the impatient apart.
    raise Unavailable("delete items: the table is too busy")


def _write(each: Write) -> Any:
    common: dict[str, Any] = {"TableName": settings.DYNAMODB_TABLE}
    if each.condition.words:
        common["ConditionExpression"] = each.condition.words
    values = dict(each.condition.values)
    if isinstance(each, Put):
        kind = "Put"
        common["Item"] = {**_key(each.key), **_attributes(each.item)}
    elif isinstance(each, Delete):
        kind = "Delete"
        common["Key"] = _key(each.key)
    else:
        kind = "Update"
        common["Key"] = _key(each.key)
        common["UpdateExpression"] = _changes(each)
        values |= {f"to_{name}": value for name, value in each.settled.items()}
        values |= {f"by_{name}": value for name, value in each.added.items()}
    if values:
        common["ExpressionAttributeValues"] = _values(values)
    return {kind: common}


def _changes(update: Update) -> str:
    settled = ", ".join(f"{name} = :to_{name}" for name in update.settled)
    added = ", ".join(f"{name} :by_{name}" for name in update.added)
    return " ".join(
        f"{verb} {words}" for verb, words in (("SET", settled), ("ADD", added)) if words
    )


def _key(key: Key) -> dict[str, Any]:
    return _attributes(key._asdict())


def _values(values: Mapping[str, Value]) -> dict[str, Any]:
    return {f":{name}": value for name, value in _attributes(values).items()}


def _attributes(item: Item) -> dict[str, Any]:
    return {name: _attribute(value) for name, value in item.items()}


def _attribute(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}


def _item(attributes: Mapping[str, Any]) -> Item:
    return {name: _value(attribute) for name, attribute in attributes.items()}


def _value(attribute: Mapping[str, Any]) -> Value:
    ((kind, raw),) = attribute.items()
    found: Value = int(raw) if kind == "N" else raw
    return found
