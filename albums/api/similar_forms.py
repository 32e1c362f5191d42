"""How the API shows photos that look alike and takes decisions about them."""

from typing import Any

from rest_framework import serializers

from albums.api.item_forms import ItemSummary

MOST_AT_ONCE = 1000


class AlikeAnswer(serializers.Serializer[Any]):
    """A group, with the suggested best item first."""

    id = serializers.UUIDField(source="group.pk")
    found_at = serializers.DateTimeField(source="group.found_at")
    likeness = serializers.CharField(help_text="In words, as: look nearly the same.")
    differences = serializers.CharField(source="summary", help_text="In words.")
    items = serializers.SerializerMethodField()

    def get_items(self, alike: Any) -> list[dict[str, Any]]:
        return list(ItemSummary([one.item for one in alike.candidates], many=True).data)


class ChoiceForm(serializers.Serializer[Any]):
    item = serializers.UUIDField(help_text="The one to keep.")


class KeptAnswer(serializers.Serializer[Any]):
    trashed = serializers.ListField(child=serializers.UUIDField())


class StackForm(serializers.Serializer[Any]):
    items = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_AT_ONCE
    )
