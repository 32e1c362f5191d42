"""Correcting date, place and words of one item or many. One sheet, told apart by its buttons."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from albums import actions
from albums.correction_forms import DateForm, PlaceForm, ShiftForm, WordsForm
from albums.models import Correction, Item
from albums.views import finding, parts
from albums.views.site import back_to
from processing import atlas
from processing.recipes.facts import values
from processing.recipes.places import Where

COORDINATES = re.compile(r"\s*([+-]?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")
TAKEN_BACK = {"date": ["date"], "place": ["place"], "words": ["description", "keywords"]}


@login_required
@require_POST
def correct(request: HttpRequest) -> HttpResponse:
    """Do what the pressed button says to the named items; what cannot be is shown again."""
    items = finding.picked_items(request)
    if not items:
        messages.info(request, "Select something first.")
        return back_to(request)
    # A place that was found is a button of its own.
    do = "place" if "spot" in request.POST else request.POST.get("do", "")
    return DOING.get(do, show)(request, items)


@login_required
@require_POST
def undo(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """Put back what was there before, once."""
    owner = finding.signed_in(request)
    correction = Correction.objects.filter(owner=owner, pk=correction_id).first()
    count = actions.undo_correction(correction=correction) if correction else 0
    if count:
        messages.success(request, f"Undone for {finding.said_items(count)}.")
    else:
        messages.info(request, "That was too long ago to undo.")
    return back_to(request)


def show(request: HttpRequest, items: list[Item], **more: object) -> HttpResponse:
    """The sheet with everything that can be corrected. `more` are forms with what was wrong."""
    only = items[0] if len(items) == 1 else None
    context = {
        "section": "library",
        "items": items,
        "count": finding.said_items(len(items)),
        "only": only,
        "corrected": {fact for item in items for fact in item.corrected},
        "next": _next(request),
        "date": DateForm.about(items),
        "shift": ShiftForm(),
        "place": PlaceForm(),
        "words": WordsForm.about(only) if only else None,
        **more,
    }
    template = parts.template(request, "albums/correct.html", part="sheet")
    return render(request, template, context, status=422 if more else 200)


def _set_date(request: HttpRequest, items: list[Item]) -> HttpResponse:
    form = DateForm(request.POST)
    if not form.is_valid():
        return show(request, items, date=form)
    clock: datetime = form.cleaned_data["clock"]
    try:
        done = actions.set_date(
            owner=finding.signed_in(request),
            ids=[item.pk for item in items],
            clock=clock,
            offset_minutes=form.cleaned_data["offset"],
        )
    except actions.DateIsImpossible:
        form.add_error("day", "No photo is from that day.")
        return show(request, items, date=form)
    return _done(request, done, f"Set the date of {finding.said_items(len(items))}.")


def _shift(request: HttpRequest, items: list[Item]) -> HttpResponse:
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return show(request, items, shift=form)
    by: timedelta = form.cleaned_data["by"]
    try:
        done = actions.shift_dates(
            owner=finding.signed_in(request), ids=[item.pk for item in items], by=by
        )
    except actions.DateIsImpossible:
        form.add_error(None, "That would move a date off the calendar.")
        return show(request, items, shift=form)
    return _done(request, done, f"Moved the date of {finding.said_items(len(items))}.")


def _find(request: HttpRequest, items: list[Item]) -> HttpResponse:
    form = PlaceForm(request.POST)
    found = places(form.cleaned_data["where"]) if form.is_valid() else []
    if parts.is_wanted(request):
        return render(request, "albums/correct.html#found", {"found": found, "place": form})
    return show(request, items, place=form, found=found)


def _set_place(request: HttpRequest, items: list[Item]) -> HttpResponse:
    spot = _spot(request.POST.get("spot", ""))
    if spot is None:
        return _find(request, items)
    return _place(request, items, spot)


def _no_place(request: HttpRequest, items: list[Item]) -> HttpResponse:
    return _place(request, items, (None, None))


def _place(
    request: HttpRequest, items: list[Item], spot: tuple[float | None, float | None]
) -> HttpResponse:
    done = actions.correct_place(
        owner=finding.signed_in(request),
        ids=[item.pk for item in items],
        latitude=spot[0],
        longitude=spot[1],
    )
    return _done(request, done, f"Set the place of {finding.said_items(len(items))}.")


def _set_words(request: HttpRequest, items: list[Item]) -> HttpResponse:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return show(request, items, words=form)
    done = actions.correct_words(
        owner=finding.signed_in(request),
        ids=[items[0].pk],
        description=form.cleaned_data["description"],
        keywords=form.cleaned_data["keywords"],
    )
    return _done(request, done, "Saved the description.")


def _take_back(request: HttpRequest, items: list[Item]) -> HttpResponse:
    facts = TAKEN_BACK.get(request.POST.get("fact", ""), [])
    done = actions.take_back(
        owner=finding.signed_in(request), ids=[item.pk for item in items], facts=facts
    )
    return _done(request, done, "Back to what the files say.")


DOING: dict[str, Callable[[HttpRequest, list[Item]], HttpResponse]] = {
    "date": _set_date,
    "shift": _shift,
    "find": _find,
    "place": _set_place,
    "no-place": _no_place,
    "words": _set_words,
    "take-back": _take_back,
}


def places(written: str) -> list[Where]:
    """Coordinates are a place of their own; all else is looked for among names."""
    spot = _spot(written)
    if spot is None:
        return atlas.search(written)
    named = atlas.place_at(*spot)
    name = f"Near {named.name}" if named else "Far from everything"
    return [Where(*spot, name, named.country_code if named else "")]


def _spot(written: str) -> tuple[float, float] | None:
    found = COORDINATES.fullmatch(written)
    return values.place(float(found[1]), float(found[2])) if found else None


def _done(request: HttpRequest, done: Correction, words: str) -> HttpResponse:
    messages.success(request, words, extra_tags=reverse("albums:undo_correction", args=[done.pk]))
    return back_to(request, default=_next(request))


def _next(request: HttpRequest) -> str:
    """Where the sheet was opened: an item's page, an album, or the library."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    ids = finding.picked_ids(request.POST.getlist("album"))
    return reverse("albums:album", args=ids[:1]) if ids else reverse("albums:library")
