"""Addresses of what links show of folders."""

from django.urls import path

from sync.server.views import public

urlpatterns = [
    path("<str:token>/", public.show, name="folder_link"),
    path("<str:token>/password/", public.password, name="folder_password"),
    path("<str:token>/<entry:entry>/", public.show, name="folder_link"),
    path("<str:token>/<entry:entry>/file/", public.file, name="folder_link_file"),
]
