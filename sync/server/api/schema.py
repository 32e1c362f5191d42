"""The protocol's OpenAPI, made of its messages."""

from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from sync.protocol import activity, folders, messages, people, transfers
from sync.server.api.asking import SyncView, answer

# What each address takes and gives, if anything.
OPERATIONS: dict[tuple[str, str], tuple[str, type | None, type | None]] = {
    ("get", "/"): ("Where to wait for changes", None, folders.Overview),
    ("get", "/folders"): ("The folders that you are in", None, folders.Folders),
    ("post", "/folders"): ("Make a folder", folders.NewFolder, folders.FolderSummary),
    ("get", "/folders/{folder}"): ("One folder", None, folders.FolderSummary),
    ("patch", "/folders/{folder}"): ("Rename it", people.NewName, folders.FolderSummary),
    ("delete", "/folders/{folder}"): ("Delete it, for a while", None, None),
    ("get", "/folders/deleted"): ("Those that can be brought back", None, people.DeletedFolders),
    ("post", "/folders/{folder}/restoration"): ("Bring it back", None, folders.FolderSummary),
    ("get", "/folders/{folder}/activity"): ("What was done", None, activity.Activity),
    ("get", "/folders/{folder}/people"): ("Who is in it, and who is asked", None, people.People),
    ("patch", "/folders/{folder}/people/{user}"): (
        "Give a member another role",
        people.NewRole,
        people.MemberSummary,
    ),
    ("delete", "/folders/{folder}/people/{user}"): ("Remove a member, or leave", None, None),
    ("post", "/folders/{folder}/invitations"): (
        "Ask somebody in, by mail",
        people.NewInvitation,
        people.Asked,
    ),
    ("delete", "/folders/{folder}/invitations/{invitation}"): (
        "Withdraw an invitation",
        None,
        None,
    ),
    ("get", "/invitations"): ("What you are asked into", None, people.ReceivedInvitations),
    ("delete", "/invitations/{invitation}"): ("Decline", None, None),
    ("post", "/invitations/{invitation}/acceptance"): ("Accept", None, people.MemberSummary),
    ("post", "/folders/{folder}/commit"): ("Make changes", messages.Commit, messages.Committed),
    ("get", "/folders/{folder}/changes"): ("What changed after a number", None, messages.Changes),
    ("get", "/folders/{folder}/tree"): (
        "All that is there: a line for each entry, between one of TreeBegin and one of TreeEnd",
        None,
        messages.Revision,
    ),
    ("post", "/folders/{folder}/compare"): (
        "What is not as you know it: for each part that differs a line of PartBegin and then one"
        " for each entry, all between one of TreeBegin and one of TreeEnd",
        folders.Comparison,
        messages.Revision,
    ),
    ("get", "/folders/{folder}/entries/{entry}/history"): (
        "The changes of one entry, latest first",
        None,
        messages.Changes,
    ),
    ("post", "/folders/{folder}/blobs"): (
        "Which bytes are missing, and how to send them",
        transfers.Wishes,
        transfers.Grants,
    ),
    ("post", "/folders/{folder}/blobs/complete"): (
        "All parts were sent",
        transfers.Completion,
        transfers.Wanted,
    ),
    ("post", "/folders/{folder}/blobs/abandon"): (
        "These will not be sent",
        transfers.Abandoned,
        None,
    ),
    ("post", "/folders/{folder}/blobs/addresses"): (
        "Where bytes can be fetched",
        transfers.Located,
        transfers.Addresses,
    ),
    ("post", "/folders/{folder}/credentials"): ("Keys to S3", None, transfers.Credentials),
}
NUMBER: dict[str, object] = {"type": "integer", "minimum": 0}
IDENTIFIER: dict[str, object] = {"type": "string", "format": "uuid"}
QUERIES: dict[str, dict[str, object]] = {
    "changes": {"since": NUMBER},
    "tree": {"at": NUMBER, "time": {"type": "string", "format": "date-time"}},
    "history": {"before": NUMBER},
    "activity": {"before": NUMBER},
    "folders": {"after": IDENTIFIER},
    "people": {"after": IDENTIFIER},
}
PROBLEM = {"description": "A problem, RFC 9457. `docs/sync.md` says what to do about each."}


class Schema(SyncView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> HttpResponse:
        """This description."""
        return answer(described())


def described() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    said = {part for _, *both in OPERATIONS.values() for part in both if part}
    lines = {folders.TreeBegin, folders.PartBegin, folders.TreeEnd}
    ordered = sorted(said | lines, key=lambda each: each.__name__)
    found, components = msgspec.json.schema_components(
        ordered, ref_template="#/components/schemas/{name}"
    )
    schemas = dict(zip(ordered, found, strict=True))
    paths: dict[str, Any] = {}
    for (method, path), (summary, request, response) in OPERATIONS.items():
        asked, answered = (schemas[part] if part else None for part in (request, response))
        paths.setdefault(path, {})[method] = _operation(method, path, summary, asked, answered)
    return {
        "openapi": "3.1.0",
        "info": {"title": "mediashare sync", "version": "1"},
        "servers": [{"url": "/sync/v1"}],
        "security": [{"device": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(method: str, path: str, summary: str, asked: Any, answered: Any) -> dict[str, Any]:
    last = path.rpartition("/")[2]
    kind = "application/x-ndjson" if last in {"tree", "compare"} else "application/json"
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in ("folder", "entry", "user", "invitation")
            if f"{{{name}}}" in path
        ],
        "responses": {
            "2XX": {"description": summary} | _content(kind, answered),
            "default": PROBLEM,
        },
    }
    for name, schema in QUERIES.get(last, {}).items() if method == "get" else ():
        operation["parameters"].append({"name": name, "in": "query", "schema": schema})
    if asked is not None:
        operation["requestBody"] = {"required": True} | _content("application/json", asked)
    return operation


def _content(kind: str, schema: Any) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}} if schema else {}
