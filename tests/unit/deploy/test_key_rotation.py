"""A key that was changed goes on counting, and nobody is told a key that is not theirs."""

import json
from typing import Any

from deploy.aws import grants
from deploy.aws.instance.environment import fetch
from deploy.aws.names import PREFIX


class Parameters:
    def get_parameter(self, Name: str) -> Any:  # noqa: N803  # As boto3 has it.
        settings = "ALLOWED_HOSTS=a.example\nDATABASE_HOST=db:5432\nDATABASE_NAME=mediashare\n"
        return {"Parameter": {"Value": settings}}


class Secrets:
    """Secrets Manager: `before` are values that are not the present ones any more."""

    class exceptions:  # noqa: N801  # As boto3 has it.
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, **before: str) -> None:
        self._before = before

    def get_secret_value(self, SecretId: str, VersionStage: str = "AWSCURRENT") -> Any:  # noqa: N803
        name = SecretId.removeprefix(f"{PREFIX}/")
        if VersionStage == "AWSPREVIOUS":
            if name not in self._before:
                raise self.exceptions.ResourceNotFoundException
            return {"SecretString": self._before[name]}
        if name == "DATABASE":
            return {"SecretString": json.dumps({"username": "u", "password": "p"})}
        return {"SecretString": f"new {name}"}


def settings_of(who: str, **before: str) -> dict[str, str]:
    return fetch(Parameters(), Secrets(**before), who=who, address="10.0.0.9", processors=2)


def test_what_was_signed_before_a_key_changed_goes_on_counting():
    found = settings_of("website", SECRET_KEY="old")

    assert (found["SECRET_KEY"], found["SECRET_KEY_FALLBACKS"]) == ("new SECRET_KEY", "old")


def test_a_key_that_never_changed_has_none_before_it():
    assert "SECRET_KEY_FALLBACKS" not in settings_of("website")


def test_everybody_who_serves_knows_the_key_that_pages_are_signed_with():
    assert all("SECRET_KEY" in grants.secrets_of(who) for who in ("website", "uploads", "sync"))
