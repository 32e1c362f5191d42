"""Mail on one machine: kept, shown as text, and only to that machine."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox_dir(settings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(subject: str, text: str = "Hello", html: str = "<b>Hello</b>") -> None:
    connection = get_connection("mediashare.accounts.mailbox.EmailBackend")
    mail = EmailMultiAlternatives(subject, text, to=["alice@example.org"], connection=connection)
    mail.attach_alternative(html, "text/html")
    assert mail.send() == 1


def test_a_mail_is_kept_as_a_file_of_its_own(mailbox_dir):
    send("First")
    send("Second")

    assert len(list(mailbox_dir.glob("*.eml"))) == 2
    assert not list(mailbox_dir.glob("*.half"))


def test_the_newest_comes_first(client, mailbox_dir):
    send("First")
    send("Second")

    mails = client.get("/mailbox/").context["mails"]

    assert [mail.subject for mail in mails] == ["Second", "First"]


def test_a_mail_is_shown_as_text_with_links_to_follow(client, mailbox_dir):
    send("Grüße <script>", "Ä link: http://localhost:8000/account/x/ <img src=y>")
    mail = client.get("/mailbox/").context["mails"][0]

    page = client.get(f"/mailbox/{mail.id}/").content.decode()

    assert "Grüße &lt;script&gt;" in page
    assert 'href="http://localhost:8000/account/x/"' in page
    assert "&lt;img src=y&gt;" in page
    assert "<b>Hello</b>" not in page


def test_an_empty_mailbox_says_so(client, mailbox_dir):
    assert b"No mail yet" in client.get("/mailbox/").content


def test_without_a_mailbox_there_is_no_page(client, settings):
    settings.MAILBOX_DIR = ""

    assert client.get("/mailbox/").status_code == 404


@pytest.mark.parametrize(
    "asker",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
    ],
)
def test_other_machines_may_not_look(client, mailbox_dir, asker):
    send("Secret")

    assert client.get("/mailbox/", **asker).status_code == 403


def test_an_id_leads_nowhere_else(client, mailbox_dir):
    (mailbox_dir.parent / "other.eml").write_text("Subject: other\n\n")

    assert client.get("/mailbox/other/").status_code == 404
    assert client.get("/mailbox/..%2Fother/").status_code == 404
