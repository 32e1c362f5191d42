"""Lists in the API are read by cursor: stable while rows are added, and as quick at the end."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """By default newest first; a view with another natural order names it in `ordering`."""

    ordering = ("-created_at", "-id")
    page_size_query_param = "limit"
    max_page_size = 500
