"""The sync endpoints, behind a load balancer of their own."""

from django.urls import URLPattern, URLResolver

from mediashare.urls import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [*health.urlpatterns, *metrics.urlpatterns]
