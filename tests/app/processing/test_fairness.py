"""Whose turn it is: with many owners, many workers at once, and very many jobs."""

import json
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from processing import metrics
from processing.models import Job
from tests.people import person

LANE = Job.Lane.INTERACTIVE
Step = dict[str, Any]

pytestmark = pytest.mark.django_db


def ask(owner, number: int = 1) -> list[Job]:
    """Want so many jobs about no file, as an import would."""
    now = timezone.now()
    return [
        Job.objects.create(
            owner=owner,
            kind=Job.Kind.ARCHIVE,
            lane=LANE,
            turn=Job.objects.next_turn(owner_id=owner.pk, lane=LANE, now=now),
            due_at=now,
        )
        for _ in range(number)
    ]


def claim(worker: str = "one") -> Job | None:
    return Job.objects.claim_next(lane=LANE, worker=worker, now=timezone.now())


def served(number: int) -> str:
    """Whose jobs are taken next, by the first letters of their names."""
    return "".join(job.owner.name[0] for job in (claim() for _ in range(number)) if job)


def test_a_single_job_waits_for_one_of_each_other_owner_at_most():
    ask(person("alice"), 50)
    ask(person("bob"), 50)
    assert served(20) == "AB" * 10

    ask(person("carol"))

    assert "C" in served(3)


def test_who_brings_many_after_others_shares_from_then_on():
    ask(person("alice"), 30)
    served(10)

    ask(person("bob"), 30)

    assert Counter(served(20)) == {"A": 10, "B": 10}


def test_a_job_that_came_back_does_not_let_newcomers_overtake_everybody():
    ask(person("alice"), 30)
    first = claim()
    assert first is not None
    served(15)
    # It failed for a passing reason, and is due again with the turn it had long ago.
    first.wait_out(due_at=timezone.now(), detail="S3 was away")

    ask(person("bob"), 30)

    assert Counter(served(21)) == {"A": 11, "B": 10}


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_each_gets_another_job():
    ask(person("alice"), 40)
    gate, taken, lock = threading.Barrier(6), [], threading.Lock()

    def work(name: str) -> None:
        gate.wait()
        try:
            while job := claim(name):
                with lock:
                    taken.append(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[str(number)]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == len(set(taken)) == 40
    assert not Job.objects.exclude(state=Job.State.RUNNING, attempts=1).exists()


@pytest.fixture
def long_line() -> Job:
    """200,000 waiting jobs of two owners; the first 50,000 came back and wait for their time."""
    alice, bob = person("alice"), person("bob")
    [pattern] = ask(alice)
    columns = [field.column for field in Job._meta.fields]
    changed = {
        "id": "gen_random_uuid()",
        "owner_id": f"CASE WHEN n %% 2 = 0 THEN '{alice.pk}' ELSE '{bob.pk}' END::uuid",
        "turn": "n",
        "due_at": "CASE WHEN n < 50000 THEN now() + interval '1 hour' ELSE now() END",
        "started_at": "CASE WHEN n < 50000 THEN now() END",
    }
    values = ", ".join(changed.get(str(column), f'job."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO processing_job ({names}) SELECT {values} "
            f"FROM processing_job job, generate_series(1, 200000) n WHERE job.id = %s",
            [pattern.pk],
        )
        cursor.execute("ANALYZE processing_job")
    return pattern


def plans_of(queries: CaptureQueriesContext) -> list[Step]:
    """How PostgreSQL answers what was asked, each step of it, counted as it runs."""
    found = []
    for query in queries.captured_queries:
        if (
            query["sql"].lstrip().startswith(("SELECT", "UPDATE"))
            and "processing_job" in query["sql"]
        ):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                answer = cursor.fetchone()[0]
                # A claim is an UPDATE, and has been made just now.
                transaction.set_rollback(True)
            plan = json.loads(answer) if isinstance(answer, str) else answer
            found.extend(steps(plan[0]["Plan"]))
    return [step for step in found if step.get("Relation Name") == "processing_job"]


def steps(plan: Step) -> list[Step]:
    return [plan, *(step for part in plan.get("Plans", []) for step in steps(part))]


def test_in_a_line_of_200000_a_turn_is_found_and_given_by_looking_at_a_few_rows(long_line):
    Job.objects.filter(pk=long_line.pk).delete()
    with CaptureQueriesContext(connection) as queries:
        assert claim() is not None
        Job.objects.next_turn(owner_id=long_line.owner_id, lane=LANE, now=timezone.now())

    plans = plans_of(queries)
    assert plans
    for step in plans:
        assert step["Node Type"] not in {"Seq Scan", "Bitmap Heap Scan"}, step
        assert step.get("Rows Removed by Filter", 0) <= 10, step
        assert step["Actual Rows"] <= 10, step

    later = timezone.now() + timedelta(seconds=1)
    loads = {lane.name: (lane.load.waiting, lane.later) for lane in metrics.lanes(later)}
    assert loads[LANE] == (150_000, 49_999)
