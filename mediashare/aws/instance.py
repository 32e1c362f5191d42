"""Ask an EC2 instance what is to become of it, by its metadata service (IMDSv2).

A plain HTTP service of the machine itself: boto3 has no call for these two. Nothing here acts on
the answers, and no answer ever raises anything but Unavailable.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""

import http.client
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from mediashare.aws.client import Unavailable

TOKEN_SECONDS = 21_600
TIMEOUT_SECONDS = 2.0
INTERRUPTION = "/latest/meta-data/spot/instance-action"
REBALANCE = "/latest/meta-data/events/recommendations/rebalance"
ANSWER_BYTES = 65_536


class Instance:
    """One instance's metadata service, usually http://169.254.169.254."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._token = ""

    def interruption(self) -> datetime | None:
        """When this Spot instance ends; None while it may stay. Raises Unavailable."""
        return self._time(INTERRUPTION, "time")

    def rebalance(self) -> datetime | None:
        """Since when it is likely to end soon; None while it is not. Raises Unavailable."""
        return self._time(REBALANCE, "noticeTime")

    def _time(self, path: str, name: str) -> datetime | None:
        answer = self._read(path)
        if answer is None:
            return None
        try:
            said = datetime.fromisoformat(json.loads(answer)[name])
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"{path} answered {answer[:200]!r}") from error
        return said if said.tzinfo else said.replace(tzinfo=UTC)

    def _read(self, path: str) -> bytes | None:
        """What stands there; None when nothing does."""
        status, answer = 401, b""
        if self._token:
            status, answer = self._get(path)
        if status == 401:
            # The first time, and when the token has run out.
            self._token = self._new_token()
            status, answer = self._get(path)
        if status == 404:
            return None
        if status != 200:
            raise Unavailable(f"{path} answered {status}")
        return answer

    def _get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path, {"X-aws-ec2-metadata-token": self._token})

    def _new_token(self) -> str:
        wish = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
        status, answer = self._ask("PUT", "/latest/api/token", wish)
        if status != 200:
            raise Unavailable(f"the metadata service gave no token: {status}")
        return answer.decode("ascii", "replace")

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(ANSWER_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(f"metadata service: {error}") from error
        finally:
            connection.close()
