"""Read the bodies of requests."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StorableJSONParser(JSONParser):
    """JSON whose texts every database can hold; what is nested beyond reason is refused like any other bad JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value.

        Raises
        ------
        ParseError
            No JSON; nested too deeply; a text with a null character or half of a surrogate pair.
        """
        try:
            value = super().parse(stream, media_type, parser_context)
            for text in _texts(value):
                if "\0" in text:
                    raise ParseError("A text holds a null character.")
                if not text.isascii():
                    text.encode()
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except UnicodeEncodeError as error:
            raise ParseError("A text holds half of a character (a lone surrogate).") from error
        return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
