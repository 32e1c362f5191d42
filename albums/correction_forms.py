"""What people type to correct an item, checked."""

from datetime import datetime, timedelta
from typing import Any, Self

from django import forms

from albums.models import Item
from processing.recipes.facts import values

# Every distance from UTC that a clock of today shows somewhere, and those of the last century.
QUARTERS = (-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765)
OFFSETS = sorted({*range(-720, 841, 60), *QUARTERS})


def said_offset(minutes: int) -> str:
    """As UTC+05:45."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


class DateForm(forms.Form):
    """`clock` is what a clock showed, `offset` minutes from UTC, or None for the place's own."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time", "step": 1}, format="%H:%M:%S")
    )
    offset = forms.TypedChoiceField(
        label="Time zone",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "By its place, or as it was"), *((one, said_offset(one)) for one in OFFSETS)],
    )

    @classmethod
    def about(cls, items: list[Item]) -> Self:
        """With the date of the first, so that only what is wrong must be typed."""
        first = items[0]
        offset = first.taken_offset_minutes
        return cls(
            initial={
                "day": first.clock.date(),
                "time": first.clock.time(),
                "offset": offset if offset in OFFSETS and first.latitude is None else "",
            }
        )

    def clean(self) -> dict[str, Any]:
        checked = super().clean() or self.cleaned_data
        if "day" in checked and "time" in checked:
            checked["clock"] = datetime.combine(checked["day"], checked["time"])
        return checked


class ShiftForm(forms.Form):
    """`by` is how far dates move, negative to an earlier time."""

    days = forms.IntegerField(min_value=0, max_value=99_999, required=False)
    hours = forms.IntegerField(min_value=0, max_value=999, required=False)
    minutes = forms.IntegerField(min_value=0, max_value=59, required=False)
    direction = forms.ChoiceField(choices=[("later", "later"), ("earlier", "earlier")])

    def clean(self) -> dict[str, Any]:
        checked = super().clean() or self.cleaned_data
        if self.errors:
            return checked
        by = timedelta(**{name: checked[name] or 0 for name in ("days", "hours", "minutes")})
        if not by:
            raise forms.ValidationError("Say by how much.")
        checked["by"] = by if checked["direction"] == "later" else -by
        return checked


class PlaceForm(forms.Form):
    where = forms.CharField(
        label="City or coordinates",
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "placeholder": "Lisbon, or 38.71, -9.14",
            }
        ),
    )


class WordsForm(forms.Form):
    description = forms.CharField(
        max_length=values.DESCRIPTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    keywords = forms.CharField(
        max_length=values.MOST_KEYWORDS * (values.KEYWORD_LENGTH + 2),
        required=False,
        help_text="With commas between them.",
    )

    @classmethod
    def about(cls, item: Item) -> Self:
        return cls(initial={"description": item.description, "keywords": ", ".join(item.keywords)})

    def clean_keywords(self) -> list[str]:
        written: str = self.cleaned_data["keywords"]
        return values.keywords(written.split(","))
