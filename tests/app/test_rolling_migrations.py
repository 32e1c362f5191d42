"""While a new version is rolled out, the released one serves on the new tables: none breaks it.

`deploy/released.json` names the last migrations of the version that is out. Its models are compared
with the tables that later ones leave, and the SQL of later ones is read by django-migration-linter.
"""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from mediashare.embedded.home import PROJECT

RELEASED = [
    (app, name)
    for app, name in json.loads((PROJECT / "deploy" / "released.json").read_text()).items()
]
# What tables do not show: another type, and what stops writers while a large table is gone through.
FAULTS = {"ADD_UNIQUE", "ALTER_COLUMN", "CREATE_INDEX"}

pytestmark = pytest.mark.django_db

Table = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def loader(django_db_setup, django_db_blocker) -> MigrationLoader:
    with django_db_blocker.unblock():
        return MigrationLoader(connection)


def faults(statements: list[str]) -> set[str]:
    analyser = PostgresqlAnalyser(exclude_migration_tests=[])
    analyser.analyse(statements)
    return {each.code for each in (*analyser.errors, *analyser.warnings)} & FAULTS


def breaks_released(state: ProjectState) -> list[str]:
    """What the models of a released version would meet in the tables that there are."""
    found: list[str] = []
    for model in state.apps.get_models():
        columns = columns_of(model._meta.db_table)
        known = {field.column for field in model._meta.concrete_fields}
        found += [f"{model._meta.db_table}.{name} is gone" for name in known - columns.keys()]
        found += [
            f"{model._meta.db_table}.{name} is wanted"
            for name in columns.keys() - known
            if not columns[name]["may_be_left_out"]
        ]
    return sorted(found)


def columns_of(table: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, is_nullable = 'YES' OR column_default IS NOT NULL"
            " OR is_identity = 'YES' OR is_generated = 'ALWAYS'"
            " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
            [table],
        )
        return {name: {"may_be_left_out": may} for name, may in cursor.fetchall()}


def test_the_released_version_has_every_app_of_ours(loader: MigrationLoader):
    here = str(PROJECT) + "/"
    ours = {
        each.label
        for each in apps.get_app_configs()
        if each.path.startswith(here) and ".venv" not in each.path
    }

    assert {app for app, _ in RELEASED} == ours & loader.migrated_apps
    assert set(RELEASED) <= set(loader.graph.nodes)


# An index that is built while others write cannot be built within a transaction of the test's.
@pytest.mark.django_db(transaction=True)
def test_no_later_migration_breaks_the_version_that_runs(loader: MigrationLoader):
    before = {key for node in RELEASED for key in loader.graph.forwards_plan(node)}
    ours = {app for app, _ in RELEASED}
    later = [key for key in loader.graph.nodes if key[0] in ours and key not in before]

    found = {
        key: faults(loader.collect_sql([(loader.graph.nodes[key], False)])) for key in sorted(later)
    }

    assert {key: codes for key, codes in found.items() if codes} == {}


def test_the_released_version_finds_its_tables_as_it_knows_them(loader: MigrationLoader):
    assert breaks_released(loader.project_state(RELEASED)) == []


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.RemoveField("item", "reason"), "albums_item.reason is gone"),
        (migrations.RenameField("item", "reason", "why"), "albums_item.reason is gone"),
        (migrations.DeleteModel("AlbumItem"), "albums_albumitem.position is gone"),
        (
            migrations.AddField("item", "mood", models.IntegerField(default=0)),
            "albums_item.mood is wanted",
        ),
    ],
)
def test_what_would_break_it_is_found_in_the_tables(loader, operation: Operation, said: str):
    with connection.schema_editor() as editor:
        migration(operation).apply(loader.project_state(RELEASED), editor)

    assert said in breaks_released(loader.project_state(RELEASED))


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (migrations.AddIndex("item", models.Index(fields=["reason"], name="why")), "CREATE_INDEX"),
        (migrations.AlterField("item", "reason", models.IntegerField()), "ALTER_COLUMN"),
        (migrations.AlterUniqueTogether("item", {("owner", "name")}), "ADD_UNIQUE"),
    ],
)
def test_what_keeps_it_waiting_is_found_in_a_migration(loader, operation: Operation, fault: str):
    assert fault in faults(sql_of(loader, operation))


@pytest.mark.parametrize("field", [{"null": True}, {"db_default": 0}], ids=["null", "default"])
def test_what_the_released_version_need_not_know_may_be_added(loader, field: dict[str, Any]):
    operation = migrations.AddField("item", "mood", models.IntegerField(**field))

    assert faults(sql_of(loader, operation)) == set()
    with connection.schema_editor() as editor:
        migration(operation).apply(loader.project_state(RELEASED), editor)
    assert breaks_released(loader.project_state(RELEASED)) == []


def migration(operation: Operation) -> migrations.Migration:
    """A later one of albums with this alone."""

    class Later(migrations.Migration):
        operations = [operation]

    return Later("later", "albums")


def sql_of(loader: MigrationLoader, operation: Operation) -> list[str]:
    with connection.schema_editor(collect_sql=True, atomic=True) as editor:
        migration(operation).apply(loader.project_state(RELEASED), editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")]
