"""The upload endpoints, behind a load balancer of their own."""

from django.urls import URLPattern, URLResolver

from mediashare.urls import health

urlpatterns: list[URLPattern | URLResolver] = [*health.urlpatterns]
