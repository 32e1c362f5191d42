"""Addresses of the website's pages. Nouns; what happens to them is the request's method."""

from django.urls import path

from albums.views import (
    album_items,
    albums,
    items,
    library,
    public,
    selection,
    shares,
    site,
    streaming,
    trash,
    upload,
)

app_name = "albums"
urlpatterns = [
    path("", library.library, name="library"),
    path("upload/", upload.upload, name="upload"),
    path("theme", site.choose_theme, name="theme"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
    path("selection/", selection.selection, name="selection"),
    path("items/states", items.states, name="states"),
    path("items/<uuid:item_id>/", items.item_page, name="item"),
    path("items/<uuid:item_id>/tile", items.tile, name="tile"),
    path("items/<uuid:item_id>/stream/<str:file>", streaming.item_stream, name="stream"),
    path("items/<uuid:item_id>/name/", items.rename, name="rename_item"),
    path("items/<uuid:item_id>/trash/", items.trash, name="trash_item"),
    path("items/<uuid:item_id>/retries/", items.retry, name="retry_item"),
    path("albums/", albums.album_list, name="albums"),
    path("albums/<uuid:album_id>/", albums.album_page, name="album"),
    path("albums/<uuid:album_id>/edit/", albums.edit, name="edit_album"),
    path("albums/<uuid:album_id>/trash/", albums.trash, name="trash_album"),
    path("albums/<uuid:album_id>/restoration/", albums.restore, name="restore_album"),
    path("albums/<uuid:album_id>/items/", album_items.add, name="add"),
    path("albums/<uuid:album_id>/items/<uuid:item_id>/", items.album_item_page, name="album_item"),
    path("albums/<uuid:album_id>/order/", album_items.arrange, name="arrange"),
    path("albums/<uuid:album_id>/order/moves/", album_items.move, name="move"),
    path("albums/<uuid:album_id>/shares/", shares.shares, name="shares"),
    path("albums/<uuid:album_id>/shares/<uuid:share_id>/revocation/", shares.revoke, name="revoke"),
    path("trash/", trash.trash, name="trash"),
    path("trash/restorations/", trash.restore, name="restore"),
    path("trash/deletions/", trash.delete_forever, name="delete_forever"),
    path("trash/undo/<str:name>/", trash.undo_trash, name="undo"),
    path("s/<str:token>/", public.public_album, name="public_album"),
    path("s/<str:token>/password/", public.public_password, name="public_password"),
    path("s/<str:token>/items/<uuid:item_id>/", public.public_item, name="public_item"),
    path(
        "s/<str:token>/items/<uuid:item_id>/stream/<str:file>",
        streaming.public_stream,
        name="public_stream",
    ),
]
