"""Addresses of the API's items, albums, shares and trash, and of its description.

Uploads have their own, in `mediashare.urls.uploads`: another load balancer serves them.
"""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from albums.api import albums, archives, films, items, jobs, shares, similar, trash
from mediashare.accounts import api as accounts

app_name = "api"
urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("me", accounts.Me.as_view(), name="me"),
    path("items", items.ItemList.as_view(), name="items"),
    path("items/<uuid:pk>", items.ItemView.as_view(), name="item"),
    path("items/<uuid:pk>/stream/<str:file>", items.ItemStream.as_view(), name="stream"),
    path("items/<uuid:pk>/stack", similar.ItemStack.as_view(), name="item-stack"),
    path("similar", similar.SimilarList.as_view(), name="similar"),
    path("similar/<uuid:group_id>/best", similar.SimilarBest.as_view(), name="similar-best"),
    path(
        "similar/<uuid:group_id>/distinction",
        similar.SimilarDistinction.as_view(),
        name="similar-distinction",
    ),
    path("albums", albums.AlbumList.as_view(), name="albums"),
    path("albums/<uuid:pk>", albums.AlbumView.as_view(), name="album"),
    path("albums/<uuid:album_id>/items", albums.AlbumItems.as_view(), name="album-items"),
    path(
        "albums/<uuid:album_id>/items/<uuid:item_id>",
        albums.AlbumItemView.as_view(),
        name="album-item",
    ),
    path("albums/<uuid:album_id>/shares", shares.ShareList.as_view(), name="shares"),
    path("albums/<uuid:album_id>/shares/<uuid:share_id>", shares.ShareView.as_view(), name="share"),
    path("archives", archives.ArchiveList.as_view(), name="archives"),
    path("archives/<uuid:pk>", archives.ArchiveView.as_view(), name="archive"),
    path("archives/<uuid:pk>/retries", archives.ArchiveRetries.as_view(), name="archive-retries"),
    path("jobs", jobs.JobList.as_view(), name="jobs"),
    path("jobs/retries", jobs.Retries.as_view(), name="retries"),
    path("jobs/cancellations", jobs.Cancellations.as_view(), name="cancellations"),
    path("jobs/<uuid:pk>", jobs.JobView.as_view(), name="job"),
    path("jobs/<uuid:pk>/retry", jobs.Retry.as_view(), name="retry"),
    path("jobs/<uuid:pk>/cancellation", jobs.Cancellation.as_view(), name="cancellation"),
    path("films", films.FilmList.as_view(), name="films"),
    path("trash/items", trash.TrashedItems.as_view(), name="trashed-items"),
    path("trash/items/<uuid:pk>", trash.TrashedItem.as_view(), name="trashed-item"),
    path(
        "trash/items/<uuid:pk>/restoration",
        trash.ItemRestoration.as_view(),
        name="item-restoration",
    ),
    path("trash/albums", trash.TrashedAlbums.as_view(), name="trashed-albums"),
    path(
        "trash/albums/<uuid:pk>/restoration",
        trash.AlbumRestoration.as_view(),
        name="album-restoration",
    ),
]
