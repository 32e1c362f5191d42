"""The sync endpoints, behind a load balancer of their own."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
