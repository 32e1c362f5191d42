"""Mail that comes back or is complained about: its address gets no more, and its owner is told."""

import json
from datetime import timedelta

import pytest
from anymail.message import AnymailMessage
from django.core import mail
from django.test import Client
from django.utils import timezone

from mediashare.accounts import mail_trouble, posting
from mediashare.accounts.models import TroubledAddress
from mediashare.aws import sns
from mediashare.aws.client import Unavailable
from tests.app.website.conftest import browser_of

pytestmark = pytest.mark.django_db

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
NOW = timezone.now()


def bounce(email="alice@example.org", *, kind="Permanent", key="notificationType"):
    gone = {"emailAddress": email, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    return json.dumps({key: "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": [gone]}})


def complaint(email="alice@example.org", **more):
    said = {"complainedRecipients": [{"emailAddress": email}], **more}
    return json.dumps({"notificationType": "Complaint", "complaint": said})


def takes_mail(email="alice@example.org"):
    return TroubledAddress.objects.takes_mail(email)


@pytest.mark.parametrize("text", [bounce(), bounce(key="eventType"), complaint()])
def test_an_address_in_trouble_gets_no_more_mail(text):
    mail_trouble.note(text, sent_at=NOW)
    mail_trouble.note(text, sent_at=NOW)

    assert TroubledAddress.objects.count() == 1
    assert not takes_mail("Alice@Example.org")


@pytest.mark.parametrize(
    "text",
    [
        bounce(kind="Transient"),
        complaint(complaintFeedbackType="not-spam"),
        json.dumps({"notificationType": "Delivery", "delivery": {}}),
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "[]",
    ],
)
def test_what_passes_is_no_trouble(text):
    assert mail_trouble.note(text, sent_at=NOW) == 0
    assert takes_mail()


def test_an_owner_is_told_and_lets_mail_come_again(alice):
    mail_trouble.note(bounce(), sent_at=NOW)
    her = browser_of(alice)
    page = her.get("/account/").content.decode()
    assert "No mail goes to alice@example.org" in page
    assert "user unknown" in page

    her.post("/account/mail-trouble/clearing/")

    assert takes_mail()
    assert "No mail goes to" not in her.get("/account/").content.decode()
    # What SNS sends again of before changes nothing; news does.
    mail_trouble.note(bounce(), sent_at=NOW)
    assert takes_mail()
    mail_trouble.note(bounce(), sent_at=timezone.now() + timedelta(minutes=1))
    assert not takes_mail()


def test_nobody_clears_anothers_address(bob):
    mail_trouble.note(bounce(), sent_at=NOW)

    browser_of(bob).post("/account/mail-trouble/clearing/")

    assert not takes_mail()


def test_whatever_is_sent_leaves_out_addresses_in_trouble(settings):
    """anymail says before it sends; its test backend does too."""
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    mail_trouble.note(bounce(), sent_at=NOW)

    posting.send(to="alice@example.org", subject="Hello", text="Are you there?")
    both = AnymailMessage("Hello", "You?", to=["alice@example.org", "bob@example.org"])
    both.send()

    assert [each.to for each in mail.outbox] == [["bob@example.org"]]


@pytest.fixture
def told(settings, monkeypatch):
    """What SNS posts next, its signature checked elsewhere; and what was confirmed."""
    settings.SES_TOPIC_ARNS = [TOPIC]
    confirmed: list[sns.Message] = []
    monkeypatch.setattr(sns, "confirm", confirmed.append)

    def tell(kind, text=""):
        message = sns.Message(kind, text, NOW, "https://sns.eu-west-1.amazonaws.com/?x")
        monkeypatch.setattr(sns, "read", lambda *_, **__: message)
        nobody = Client(enforce_csrf_checks=True)
        answer = nobody.post("/mail/notices/", b"{}", content_type="text/plain")
        return answer.status_code, confirmed

    return tell


def test_sns_tells_of_a_bounce(told):
    assert told("Notification", bounce())[0] == 200
    assert not takes_mail()


def test_sns_is_let_in(told):
    status, confirmed = told("SubscriptionConfirmation")

    assert (status, len(confirmed)) == (200, 1)


def test_who_is_not_sns_changes_nothing(settings, client):
    settings.SES_TOPIC_ARNS = [TOPIC]
    body = json.dumps({"Type": "Notification", "TopicArn": TOPIC, "Message": bounce()})

    assert client.post("/mail/notices/", body, content_type="text/plain").status_code == 403
    assert takes_mail()


def test_without_a_topic_there_is_no_such_address(client):
    assert client.post("/mail/notices/", "{}", content_type="text/plain").status_code == 404


def test_sns_sends_again_while_its_certificate_cannot_be_had(settings, client, monkeypatch):
    settings.SES_TOPIC_ARNS = [TOPIC]

    def unavailable(*_, **__):
        raise Unavailable("no certificate")

    monkeypatch.setattr(sns, "read", unavailable)

    assert client.post("/mail/notices/", "{}", content_type="text/plain").status_code == 503


def test_subjects_are_one_line():
    posting.send(to="bob@example.org", subject="Papers\nBcc: all", text="Hello")

    assert mail.outbox[0].subject == "Papers Bcc: all"
