"""People, their tokens, devices and mail, under one name."""

from mediashare.accounts.models.device import Device, DeviceRequest
from mediashare.accounts.models.token import ApiToken
from mediashare.accounts.models.trouble import TroubledAddress
from mediashare.accounts.models.user import User

__all__ = ["ApiToken", "Device", "DeviceRequest", "TroubledAddress", "User"]
