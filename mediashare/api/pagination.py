"""Lists in the API are read by cursor: stable while rows are added, and as quick at the end."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """By default newest first; a view with another natural order names it in `ordering`."""

    ordering = ("-created_at", "-id")
    page_size_query_param = "limit"
    max_page_size = 500

    def paginate_queryset(self, *args: Any, **named: Any) -> list[Any] | None:
        """Raises NotFound for a cursor that names no place in this order, too."""
        try:
            return super().paginate_queryset(*args, **named)
        except (ValidationError, ValueError) as error:
            raise NotFound(self.invalid_cursor_message) from error
