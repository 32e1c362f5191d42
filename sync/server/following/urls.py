"""Addresses of what people choose about mail, and of the link that ends a mail."""

from django.urls import path

from sync.server.following import views

urlpatterns = [
    path("mail/", views.mail, name="mail"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("<uuid:folder_id>/mail/", views.choose, name="choose_mail"),
]
