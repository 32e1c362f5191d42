"""Films in the API: asked for here, followed among the jobs, found among the items."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions, scenes
from albums.api.album_forms import own_items
from albums.api.asking import OwnerView
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.api.idempotency import idempotent


class FilmForm(serializers.Serializer[Any]):
    """Either an album, whose items are shown in its order, or items in theirs.

    What is not ready or has no picture is left out.
    """

    album = serializers.UUIDField(required=False, help_text="The finished film goes into it, too.")
    items = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=actions.MOST_SCENES
    )
    title = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    photo_seconds = serializers.FloatField(min_value=2, max_value=15, default=4)
    music = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="An item with sound."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("album" in attrs) == ("items" in attrs):
            raise serializers.ValidationError("Name either an album or items.")
        return attrs


class FilmAnswer(serializers.Serializer[Any]):
    job = serializers.UUIDField(source="pk", help_text="See /jobs; its end makes an item.")
    state = serializers.CharField()


class FilmList(OwnerView):
    """Ask for films of one's own pictures and videos."""

    @extend_schema(request=FilmForm, responses={202: FilmAnswer})
    @idempotent()
    def post(self, request: Request) -> Response:
        form = FilmForm(data=request.data)
        form.is_valid(raise_exception=True)
        wish, owner = form.validated_data, self.asker()
        album = self.own_album(wish["album"]) if "album" in wish else None
        items = _items_in(album) if album else own_items(owner, wish["items"])
        items = [item for item in items if scenes.can_be_shown(item)]
        if not items:
            raise serializers.ValidationError(
                {"items": ["Name at least one photo or video that is ready."]}
            )
        film = actions.FilmWish(
            items=items,
            title=wish["title"],
            photo_seconds=wish["photo_seconds"],
            music=_music(owner, wish["music"]),
            album=album,
        )
        job = actions.request_film(owner=owner, wish=film)
        return Response(FilmAnswer(job).data, status=status.HTTP_202_ACCEPTED)


def _items_in(album: Album) -> list[Item]:
    in_order = album.places.shown().filter(scenes.showable("item__")).select_related("item")
    return [place.item for place in in_order[: actions.MOST_SCENES]]


def _music(owner: User, wanted: Any) -> Item | None:
    if wanted is None:
        return None
    music = actions.music_of(owner).filter(pk=wanted).first()
    if music is None:
        raise serializers.ValidationError({"music": [f"No item with sound {wanted}."]})
    return music
