"""People, their tokens and their devices, under one name."""

from mediashare.accounts.models.device import Device, DeviceRequest
from mediashare.accounts.models.token import ApiToken
from mediashare.accounts.models.user import User

__all__ = ["ApiToken", "Device", "DeviceRequest", "User"]
