"""`people`, `invite`, `remove`, `invitations`, `accept`, `decline`: who is in a folder."""

from typing import TypeVar

import click
import msgspec

from sync.client.asking import Declined
from sync.client.cli.copies import connected
from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending
from sync.client.cli.folders import find
from sync.client.errors import FolderGone, NotAllowed
from sync.protocol.people import EmailAddress, GivenRole, ReceivedInvitation

Found = TypeVar("Found")


@click.command()
@click.argument("folder")
@click.pass_obj
def people(desk: Desk, folder: str) -> None:
    """List who is in FOLDER, and who is asked."""
    with connected(desk) as (_, connection):
        found = connection.people.of(find(connection, folder).id)
    for member in found.members:
        address = f" <{member.email}>" if member.email else ""
        desk.screen.show(f"{member.name}{address}  ({member.role})")
        desk.screen.data(name=member.name, email=member.email, role=member.role, is_asked=False)
    for asked in found.invitations:
        until = f"{asked.expires_at:%Y-%m-%d}"
        desk.screen.show(f"{asked.email}  (asked as {asked.role}, until {until})")
        desk.screen.data(name="", email=asked.email, role=asked.role, is_asked=True)


@click.command()
@click.argument("folder")
@click.argument("email")
@click.option(
    "--role", type=click.Choice(["editor", "reader"]), default="editor", show_default=True
)
@click.pass_obj
def invite(desk: Desk, folder: str, email: str, role: GivenRole) -> int:
    """Ask EMAIL into FOLDER, by mail. Asking again sends another mail."""
    try:
        msgspec.convert(email, EmailAddress)
    except msgspec.ValidationError as error:
        raise click.UsageError(f"{email} is no mail address.") from error
    with connected(desk) as (_, connection):
        place = find(connection, folder)
        try:
            asked = connection.people.invite(place.id, email, role)
        except Declined as refusal:
            desk.screen.warn(str(refusal))
            return Ending.ASKS
    desk.screen.show(
        f"{asked.email} is asked into “{place.name}”, until {asked.expires_at:%Y-%m-%d}."
    )
    desk.screen.data(email=asked.email, role=asked.role, until=asked.expires_at)
    return Ending.FINE


@click.command()
@click.argument("folder")
@click.argument("who")
@click.pass_obj
def remove(desk: Desk, folder: str, who: str) -> None:
    """Remove WHO from FOLDER, by mail address or name; an invitation is withdrawn."""
    with connected(desk) as (_, connection):
        place = find(connection, folder)
        known = connection.people.of(place.id)
        # Capitals do not make a mail address another one.
        address = who.casefold()
        members = [
            each
            for each in known.members
            if who == each.name or (address and each.email.casefold() == address)
        ]
        asked = [each for each in known.invitations if each.email.casefold() == address]
        if place.role != "owner" and not members:
            raise NotAllowed(
                f"Only the owner of “{place.name}” removes others, and knows their addresses. To"
                " leave it, remove yourself by the name that you have there."
            )
        if not members and asked:
            connection.people.withdraw(place.id, asked[0].id)
        else:
            connection.people.remove(place.id, _one(members, who, f"“{place.name}”").user)
    desk.screen.show(f"{who} is not in “{place.name}” any more.")
    desk.screen.data(folder=place.id, removed=who)


@click.command()
@click.pass_obj
def invitations(desk: Desk) -> None:
    """List the folders that you are asked into."""
    with connected(desk) as (_, connection):
        found = connection.people.invitations()
    for each in found:
        until = f"{each.expires_at:%Y-%m-%d}"
        desk.screen.show(
            f"{each.folder_name}  (as {each.role}, by {each.invited_by}, until {until})"
        )
        desk.screen.data(
            folder=each.folder,
            name=each.folder_name,
            role=each.role,
            by=each.invited_by,
            until=each.expires_at,
        )
    if not found:
        desk.screen.show("Nobody has asked you into a folder.")


@click.command()
@click.argument("folder")
@click.pass_obj
def accept(desk: Desk, folder: str) -> None:
    """Be in FOLDER from now on, into which you are asked. `clone` fetches it."""
    with connected(desk) as (_, connection):
        wanted = _received(folder, list(connection.people.invitations()))
        try:
            connection.people.accept(wanted.id)
        except FolderGone:
            # Unless the answer was lost, and asking again found that it is done.
            if wanted.folder not in {each.id for each in connection.folders()}:
                raise
    desk.screen.show(f"You are in “{wanted.folder_name}” as {wanted.role}.")
    desk.screen.data(folder=wanted.folder, name=wanted.folder_name, role=wanted.role)


@click.command()
@click.argument("folder")
@click.pass_obj
def decline(desk: Desk, folder: str) -> None:
    """Do not be in FOLDER, into which you are asked. Nobody is told."""
    with connected(desk) as (_, connection):
        wanted = _received(folder, list(connection.people.invitations()))
        connection.people.decline(wanted.id)
    desk.screen.show(f"The invitation into “{wanted.folder_name}” is gone.")
    desk.screen.data(folder=wanted.folder, name=wanted.folder_name)


def _received(folder: str, all_of_them: list[ReceivedInvitation]) -> ReceivedInvitation:
    found = [each for each in all_of_them if folder in {each.folder, each.folder_name}]
    return _one(found, folder, "`mediashare-sync invitations`")


def _one(found: list[Found], wanted: str, where: str) -> Found:
    """Raises UsageError for none, and for several, which only the site can tell apart."""
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{wanted} is several in {where}. Take one by its id or address.")
    raise click.UsageError(f"There is no {wanted} in {where}.")
