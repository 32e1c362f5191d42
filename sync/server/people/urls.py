"""Addresses of the pages about a folder's people, its name and its end."""

from django.urls import path

from sync.server.people import answering, ends, views

urlpatterns = [
    path("invited/<str:token>/", answering.invitation, name="invitation"),
    path("invited/<str:token>/answer/", answering.answer_by_link, name="answer_by_link"),
    path("invitations/<uuid:invitation_id>/answer/", answering.answer, name="answer"),
    path("<uuid:folder_id>/name/", ends.rename, name="rename"),
    path("<uuid:folder_id>/deletion/", ends.delete, name="delete"),
    path("<uuid:folder_id>/comeback/", ends.restore, name="bring_back"),
    path("<uuid:folder_id>/people/", views.people, name="people"),
    path("<uuid:folder_id>/people/<uuid:user_id>/role/", views.role, name="role"),
    path("<uuid:folder_id>/people/<uuid:user_id>/removal/", views.removal, name="removal"),
    path(
        "<uuid:folder_id>/invitations/<uuid:invitation_id>/withdrawal/",
        views.withdraw,
        name="withdraw",
    ),
]
