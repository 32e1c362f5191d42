"""Getting into an account and keeping others out, in a real browser."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import sign_in
from tests.journeys.sight import check
from tests.people import PASSWORD

HALF_MINUTE = 30


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("/")


def prove_it_is_me(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_from_sign_up_through_the_local_mailbox_into_the_library(
    new_context: Callable[..., BrowserContext],
):
    page = new_context().new_page()
    email = f"dora-{time.time_ns()}@example.org"
    page.goto("/account/signup/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("link", name="Open the local mailbox").click()
    page.get_by_role("listitem").filter(has_text=email).get_by_role("link").click()
    page.locator(".mail-text a").click()
    page.get_by_role("button", name="Yes, confirm it").click()

    sign_in(page, email.partition("@")[0])

    page.goto("/account/")
    expect(page.get_by_text("50.0 GB free")).to_be_visible()


def test_a_passkey_is_added_and_is_enough_to_sign_in(page: Page):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    prove_it_is_me(page)
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("list", name="Unused codes").get_by_role("listitem")).to_have_count(10)
    sign_out(page)

    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/account/login" not in url)

    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("strong").filter(has_text="This laptop")).to_be_visible()
    expect(page.get_by_text("last used")).to_be_visible()


def test_a_passkey_that_does_not_come_is_said_in_words(page: Page):
    """No authenticator answers, and the browser's question is given up."""
    page.add_init_script(
        "navigator.credentials.get = () => Promise.reject("
        "new DOMException('no', 'NotAllowedError'));"
    )
    sign_out(page)
    page.goto("/account/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("status").filter(has_text="passkey was not used")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(page: Page, newcomer: str):
    page.goto("/account/2fa/totp/activate/")
    prove_it_is_me(page)
    secret = page.locator("output.secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    spare = page.get_by_role("list", name="Unused codes").get_by_role("listitem").first.inner_text()
    sign_out(page)

    sign_in(page, newcomer)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    # A code of the app works once, and its next one comes up in half a minute.
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("/")


def code_of(secret: str) -> str:
    counter = int(time.time()) // HALF_MINUTE
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_a_token_made_in_the_browser_opens_the_api(
    page: Page, new_context: Callable[..., BrowserContext]
):
    page.goto("/account/tokens/")
    page.get_by_label("Name").fill("nightly copy")
    page.get_by_label("Upload", exact=True).check()
    page.get_by_role("button", name="Make it").click()
    secret = page.get_by_label("Token", exact=True).input_value()
    program = new_context(extra_http_headers={"Authorization": f"Bearer {secret}"}).request

    assert program.get("/api/v1/uploads").ok
    page.get_by_role("button", name="Revoke nightly copy").click()

    expect(page.get_by_text("works no more")).to_be_visible()
    assert program.get("/api/v1/uploads").status == 401


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_account_pages_are_for_everybody(
    new_context: Callable[..., BrowserContext], newcomer: str, width: int, colours: str
):
    """Those that `test_accessibility` does not open."""
    context = new_context(viewport={"width": width, "height": 844}, color_scheme=colours)
    page = context.new_page()
    check(page, "/account/confirm-email/")
    sign_in(page, newcomer)
    check(page, "/account/logout/")
    page.goto("/account/2fa/webauthn/add/")
    prove_it_is_me(page)
    for path in ("add/", ""):
        check(page, f"/account/2fa/webauthn/{path}")
