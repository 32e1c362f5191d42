"""Pages about one's own account; signing in, passwords and second factors are allauth's."""

from django.urls import path

from mediashare.accounts.views import mailbox, profile, tokens

app_name = "accounts"
urlpatterns = [
    path("account/", profile.profile, name="profile"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<uuid:token_id>/", tokens.token, name="token"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:mail_id>/", mailbox.mail, name="mail"),
]
