"""The ports that instances listen on, for those who make the network and those who stand in it."""

WEB_PORT = 8000
WAITING_PORT = 8001
