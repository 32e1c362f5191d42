"""The words of items, as PostgreSQL looks them up."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    Field = models.Field[Iterable[str], str]
    Lookup = models.Lookup[str]
else:
    Field, Lookup = models.Field, models.Lookup


class WordsField(Field):
    """A `tsvector` that is written as a list of words and asked with `match`; nobody reads it."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"

    def get_placeholder(self, value: Any, compiler: SQLCompiler, connection: Any) -> str:
        return "array_to_tsvector(%s::text[])"


@WordsField.register_lookup
class Match(Lookup):
    """Whether words answer a question as `words.asked` writes it."""

    lookup_name = "match"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        words, parameters = self.process_lhs(compiler, connection)
        return f"{words} @@ %s::tsquery", (*parameters, self.rhs)


class ItemWords(models.Model):
    """What one item can be found by, apart from it: lists of items need not carry it along."""

    item = models.OneToOneField(
        "albums.Item", models.CASCADE, primary_key=True, related_name="words"
    )
    said = WordsField()

    class Meta:
        verbose_name = "words of an item"
        verbose_name_plural = "words of items"
        indexes = [GinIndex(fields=["said"], name="item_words")]

    def __str__(self) -> str:
        return f"words of {self.item_id}"
