"""Many rows put into a table at once, column by column. Knows no model and decides nothing.

`bulk_create` prepares each value of each row for itself, which takes five times as long.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, CharField, Field, Model


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Write new rows of one model; their automatic ids stay unknown.

    Raises IntegrityError; with `ignore_conflicts`, what is there already is left as it is.
    """
    if not rows:
        return
    quoted = connection.ops.quote_name
    columns: dict[str, tuple[str, Any]] = {}
    for field in rows[0]._meta.concrete_fields:
        if not isinstance(field, AutoField):
            is_constant = bool(columns) and _is_same(field, rows)
            columns[quoted(str(field.column))] = _column(field, rows, is_constant=is_constant)
    places, values = zip(*columns.values(), strict=True)
    query = f"INSERT INTO {quoted(rows[0]._meta.db_table)} ({', '.join(columns)}) "
    query += f"SELECT {', '.join(places)}"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ON CONFLICT DO NOTHING" if ignore_conflicts else query, values)


def _is_same(field: "Field[Any, Any]", rows: Sequence[Model]) -> bool:
    first = getattr(rows[0], field.attname)
    return all(getattr(row, field.attname) == first for row in rows)


def _column(
    field: "Field[Any, Any]", rows: Sequence[Model], *, is_constant: bool
) -> tuple[str, Any]:
    """Where a column's values stand in the query, and what stands there. All lists are as long."""
    # A cast to the column's own type would cut what is too long for it.
    kind = "text" if isinstance(field, CharField) else field.db_type(connection)
    if is_constant:
        return f"%s::{kind}", getattr(rows[0], field.attname)
    values = [getattr(row, field.attname) for row in rows]
    return f"unnest(%s::{kind}[])", list(map(str, values)) if kind == "uuid" else values
