"""`login` and `logout`: let this computer in, and sign it out."""

import socket
import webbrowser

import click
import httpx

from sync.client import account
from sync.client import login as signing_in
from sync.client.cli.desk import Desk
from sync.client.errors import Offline, SignedOut

PATIENCE_SECONDS = 30


@click.command()
@click.argument("server", required=False)
@click.option("--name", default=socket.gethostname, help="What this computer is called there.")
@click.option("--no-browser", is_flag=True, help="Show the address only.")
@click.option(
    "--token-in-file",
    is_flag=True,
    help="Keep the token in a file and not in the keyring, as for cron.",
)
@click.pass_obj
def login(
    desk: Desk, server: str | None, name: str, *, no_browser: bool, token_in_file: bool
) -> None:
    """Sign this computer in at a SERVER, as https://photos.example.org.

    A browser opens, in which you let it in. Without SERVER it is the one from before.
    """
    with _http(_server(desk, server)) as http:
        codes = signing_in.begin(http, name=name)
        _point_to(desk, codes, no_browser=no_browser)
        grant = signing_in.wait(http, codes)
    kept = account.Account(
        server=str(http.base_url).rstrip("/"),
        email=grant.device.email,
        device_id=grant.device.id,
        device_name=grant.device.name,
    )
    in_keyring = account.save(desk.home, kept, grant.access_token, in_keyring=not token_in_file)
    where = "in the system's keyring" if in_keyring else f"in {desk.home.path / account.FILE}"
    desk.screen.show(f"Signed in as {kept.email}, as “{kept.device_name}”. The token is {where}.")
    desk.screen.data(server=kept.server, email=kept.email, device=kept.device_id)


@click.command()
@click.pass_obj
def logout(desk: Desk) -> None:
    """Sign this computer out. Files stay where they are, here and on the site."""
    kept = account.load(desk.home)
    told = True
    try:
        with _http(kept.server) as http:
            signing_in.sign_out(http, account.token_of(kept))
    except (Offline, SignedOut) as error:
        told = False
        desk.screen.warn(
            f"{error} This computer forgets its token all the same; sign it out on the site too,"
            f" at {kept.server}/account/devices/."
        )
    account.forget(desk.home)
    desk.screen.show("Signed out.")
    desk.screen.data(server=kept.server, told=told)


def _http(server: str) -> httpx.Client:
    return httpx.Client(base_url=server, timeout=PATIENCE_SECONDS)


def _server(desk: Desk, typed: str | None) -> str:
    if typed is None:
        try:
            return account.load(desk.home).server
        except SignedOut as error:
            raise click.UsageError("Name the server, as https://photos.example.org.") from error
    try:
        return account.server_address(typed)
    except account.AddressUnusable as error:
        raise click.UsageError(str(error)) from error


def _point_to(desk: Desk, codes: signing_in.Codes, *, no_browser: bool) -> None:
    """Where to answer. On standard error: a script reads the other one."""
    opened = (
        not no_browser
        and desk.screen.is_watched
        and webbrowser.open(codes.verification_uri_complete)
    )
    where = "Your browser asks whether to let this computer in. If not, open"
    for line in (
        where if opened else "To let this computer in, open",
        "",
        f"    {codes.verification_uri_complete}",
        "",
        f"The code is {codes.user_code}.",
    ):
        desk.screen.warn(line)
