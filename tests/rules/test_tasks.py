"""Every task has a queue, a time limit, and a place in the timetable that exists."""

from mediashare.celery import QUEUES, TASKS, app, timetable

app.loader.import_default_modules()
OURS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_task_has_a_queue_and_every_queue_is_known():
    assert set(OURS) == set(TASKS)
    assert {queue for queue, _ in TASKS.values()} <= set(QUEUES)


def test_every_task_has_a_time_limit():
    assert [name for name, task in OURS.items() if not task.time_limit] == []


def test_the_timetable_names_tasks_that_exist():
    assert {entry["task"] for entry in timetable().values()} <= set(OURS)
