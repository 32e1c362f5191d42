"""Read what programs send, within limits. DRF by itself reads bodies of any size and depth."""

import io
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import FormParser, JSONParser


class BoundedFormParser(FormParser):
    """A form of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; raises RequestDataTooBig."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = io.BytesIO((parser_context or {})["request"].body)
        return super().parse(body, media_type, parser_context)


class BoundedJSONParser(JSONParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; raises RequestDataTooBig, ParseError."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # Django counts a body that is asked for whole, not one that is read as a stream.
        body = io.BytesIO((parser_context or {})["request"].body)
        try:
            return super().parse(body, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error
