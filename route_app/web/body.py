"""Read a JSON body against the shape it must have."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from route_app.errors import InvalidInput


class Shape(BaseModel):
    """A body whose every field is named and typed; anything else is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# The shape of a territory is the largest thing we send as JSON; files come in as forms.
MOST_BYTES = 4 * 1024 * 1024
Read = TypeVar("Read", bound=Shape)

_SENTENCES = {
    "extra_forbidden": "This field is not known here.",
    "missing": "This field is missing.",
    "json_invalid": "The body is not JSON.",
}


def body(shape: type[Read]) -> Read:
    """Return the request's body in this shape; InvalidInput names the first field that is wrong."""
    request.max_content_length = MOST_BYTES
    try:
        return shape.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        sentence = _SENTENCES.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise InvalidInput(f"{field}: {sentence}" if field else sentence, field=field) from error
