"""The people of the demo."""

EMAIL = "demo@example.org"
PASSWORD = "mediashare-demo"  # noqa: S105  # Shown to everybody; the stack listens on this machine only.
ADMIN_EMAIL = "admin@example.org"
