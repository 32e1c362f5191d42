"""What people do on the pages of a folder, and what is in it then, by paths."""

from django.urls import reverse

from sync.server.journal.chosen import get_journal
from sync.server.models import Act
from tests.app.sync.changing import identity

# What `papers` is at first.
BEFORE = {"a.txt", "Accounts", "Accounts/2026", "Accounts/2026/sums.ods"}


def tree(made):
    """What is there, by path."""
    found = {each.entry: each.state for each in get_journal().tree(made.pk)}

    def path(state):
        above = found.get(state.parent)
        return f"{path(above)}/{state.name}" if above else state.name

    return {path(state) for state in found.values()}


def post(browser, made, what, *names, follow=True, **more):
    data = {"entry": [identity(name) for name in names], **more}
    return browser.post(reverse(f"sync:{what}", args=[made.pk]), data, follow=follow)


def undo(browser, made):
    act = Act.objects.latest("created_at")
    return browser.post(reverse("sync:undo", args=[made.pk, act.pk]), follow=True)


def present(made, name):
    """An entry as it is, also a deleted one."""
    found = get_journal().entry(made.pk, identity(name))
    assert found
    return found
