"""Mail goes to SES whole: both parts, and the headers by which mail programs end it."""

from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import httpx
import pytest

from mediashare.accounts import posting
from mediashare.accounts.models import TroubledAddress
from tests.contracts import moto, standins
from tests.people import SUMMER

pytestmark = pytest.mark.django_db

SENDER = "mediashare <noreply@example.org>"
STOP = "<https://photos.example.org/folders/unsubscribe/1.sig/>"


@pytest.fixture
def ses(tmp_path: Path, settings) -> Iterator[str]:
    """A stand-in that takes mail from our sender alone, as SES does."""
    with moto.running(tmp_path) as address:
        settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
        settings.DEFAULT_FROM_EMAIL = SENDER
        keys = {"aws_access_key_id": standins.KEY, "aws_secret_access_key": standins.SECRET}
        place = {"endpoint_url": f"http://{address}", "region_name": standins.REGION}
        settings.ANYMAIL = {"AMAZON_SES_CLIENT_PARAMS": {**place, **keys}}
        yield address


def arrived(address: str) -> list[str]:
    data = httpx.get(f"http://{address}/moto-api/data.json").json()
    return [each["raw_data"] for each in data.get("ses", {}).get("RawMessage", [])]


def test_a_mail_arrives_whole_and_only_where_mail_is_wanted(ses):
    headers = {"List-Unsubscribe": STOP, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with pytest.raises(posting.CannotSend):
        posting.send(to="bob@example.org", subject="Früh", text="Grüße", headers=headers)
    standins.client("ses", ses).verify_email_identity(EmailAddress="noreply@example.org")
    TroubledAddress.objects.note("carol@example.org", reason="bounce", detail="", at=SUMMER)

    posting.send(to="bob@example.org", subject="Früh", text="Grüße", headers=headers)
    posting.send(to="carol@example.org", subject="Früh", text="Grüße")

    (raw,) = arrived(ses)
    mail = message_from_string(raw, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("bob@example.org", "Früh")
    assert mail["List-Unsubscribe"] == STOP
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
