"""Pages about one's own account; signing in, passwords and second factors are allauth's."""

from django.urls import path

from mediashare.accounts.views import devices, mail_trouble, mailbox, profile, tokens

app_name = "accounts"
urlpatterns = [
    path("account/", profile.profile, name="profile"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<uuid:token_id>/", tokens.token, name="token"),
    path("account/devices/", devices.devices, name="devices"),
    path("account/devices/link/", devices.link, name="link_device"),
    path("account/devices/<uuid:device_id>/name/", devices.rename, name="rename_device"),
    path("account/devices/<uuid:device_id>/revocation/", devices.revoke, name="revoke_device"),
    path("account/mail-trouble/clearing/", mail_trouble.clear, name="clear_trouble"),
    path("mail/notices/", mail_trouble.notices, name="mail_notices"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:mail_id>/", mailbox.mail, name="mail"),
]
