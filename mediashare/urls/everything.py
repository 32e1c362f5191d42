"""All roles in one process, as on one machine."""

from mediashare.urls import sync, uploads, website

# Website last: its pages are the ones a person may mistype into.
urlpatterns = [*uploads.urlpatterns, *sync.urlpatterns, *website.urlpatterns]
