"""The admin's pages of people and their tokens. No secret is ever shown, not even a digest."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as allauth_mfa_admin
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from mediashare.accounts.models import ApiToken, Device, DeviceRequest, TroubledAddress, User
from mediashare.backstage import LiveFilter, ReadOnlyAdmin, size_text

if TYPE_CHECKING:
    NewPersonForm = AdminUserCreationForm[User]
    PersonAdmin = DjangoUserAdmin[User]
else:
    NewPersonForm, PersonAdmin = AdminUserCreationForm, DjangoUserAdmin

# The admin's own form knows no second factor; the site's sign-in does. allauth documents
# just this assignment.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# allauth's page of second factors shows their secrets.
admin.site.unregister(allauth_mfa_admin.Authenticator)


class NewUserForm(NewPersonForm):
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(PersonAdmin):
    add_form = NewUserForm
    list_display = ["email", "name", "verified", "used", "quota", "is_staff", "is_active", "joined"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    date_hierarchy = "date_joined"
    ordering = ["email"]
    readonly_fields = ["verified", "used", "reserved", "quota", "date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "verified", "name", "password"]}),
        ("Room", {"fields": ["quota_bytes", "quota", "used", "reserved"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Times", {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]
    filter_horizontal = ["groups"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        proven = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(has_proven_address=Exists(proven))

    @admin.display(description="e-mail verified", boolean=True, ordering="has_proven_address")
    def verified(self, user: Any) -> bool:
        return bool(user.has_proven_address)

    @admin.display(ordering="used_bytes")
    def used(self, user: User) -> str:
        return size_text(user.used_bytes)

    @admin.display(description="promised to uploads")
    def reserved(self, user: User) -> str:
        return size_text(user.reserved_bytes)

    @admin.display(ordering="quota_bytes")
    def quota(self, user: User) -> str:
        return size_text(user.quota)

    @admin.display(ordering="date_joined")
    def joined(self, user: User) -> str:
        return f"{user.date_joined:%Y-%m-%d}"


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "scopes", "hint", "last_used_at", "expires_at", "revoked_at"]
    list_filter = [LiveFilter]
    list_select_related = ["owner"]
    search_fields = ["name", "hint", "owner__email"]
    date_hierarchy = "created_at"
    fields = [
        "name",
        "owner",
        "scopes",
        "hint",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apitoken")

    @admin.action(description="Revoke selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        revoked = tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{revoked} revoked.", messages.SUCCESS)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Computers that sync. Their tokens are among the others, and are revoked there."""

    list_display = ["name", "owner", "platform", "address", "last_seen", "signed_out"]
    list_filter = [LiveFilter]
    list_select_related = ["token__owner"]
    search_fields = ["token__name", "token__owner__email", "platform"]
    fields = ["name", "owner", "platform", "address", "last_seen", "signed_out"]

    @admin.display(ordering="token__name")
    def name(self, device: Device) -> str:
        return device.token.name

    @admin.display(ordering="token__owner__email")
    def owner(self, device: Device) -> str:
        return device.token.owner.email

    @admin.display(ordering="token__last_used_at")
    def last_seen(self, device: Device) -> datetime | None:
        return device.token.last_used_at

    @admin.display(ordering="token__revoked_at")
    def signed_out(self, device: Device) -> datetime | None:
        return device.token.revoked_at


@admin.register(DeviceRequest)
class DeviceRequestAdmin(ReadOnlyAdmin):
    """Computers that ask to be let in. No code is shown: nobody here knows one."""

    list_display = ["name", "platform", "address", "expires_at", "is_granted", "answered_by"]
    list_filter = ["is_granted"]
    list_select_related = ["answered_by"]
    search_fields = ["name", "address", "answered_by__email"]
    fields = [
        "name",
        "platform",
        "address",
        "created_at",
        "expires_at",
        "is_granted",
        "answered_by",
    ]


@admin.register(TroubledAddress)
class TroubledAddressAdmin(ReadOnlyAdmin):
    """Addresses that get no mail. Deleting one lets mail go to it again."""

    list_display = ["email", "reason", "at", "cleared_at", "detail"]
    list_filter = ["reason"]
    search_fields = ["email"]
    date_hierarchy = "at"
    fields = ["email", "reason", "detail", "at", "cleared_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.delete_troubledaddress")


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors. Deleting one lets somebody in who has lost theirs."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("mfa.delete_authenticator")
