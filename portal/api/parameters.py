"""Query parameters: declared once, checked before the view, described in the OpenAPI document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from portal.api.problems import ApiError
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
MAX_VALUES = 10


@dataclass(frozen=True)
class Param:
    """A parameter of the query; `schema` is JSON Schema, `many`: may be given several times."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "maxLength": 100})
    many: bool = False


def given(name: str) -> Any:
    """The checked value of a parameter: None (or an empty tuple) when it was not given."""
    return g.api_query.get(name)


def read(params: Iterable[Param]) -> None:
    """Check the whole query. Raises 400 with a message per parameter; unknown ones are refused."""
    known = {param.name: param for param in params}
    errors: dict[str, object] = {
        name: _l("There is no such parameter.") for name in request.args if name not in known
    }
    values: dict[str, Any] = {}
    for param in known.values():
        texts = request.args.getlist(param.name)
        try:
            values[param.name] = _value(param, texts)
        except ValueError as error:
            errors[param.name] = str(error)
    if errors:
        raise ApiError(400, _l("Please check the parameters."), errors=errors)
    g.api_query = values


def _value(param: Param, texts: list[str]) -> Any:
    if param.many:
        if len(texts) > MAX_VALUES:
            raise ValueError(gettext("At most %(limit)s values.", limit=MAX_VALUES))
        return tuple(dict.fromkeys(_checked(param.schema, text) for text in texts if text))
    if len(texts) > 1:
        raise ValueError(gettext("This may be given once only."))
    return _checked(param.schema, texts[0]) if texts and texts[0] else None


def _checked(schema: Mapping[str, Any], text: str) -> Any:
    if schema["type"] == "boolean":
        if text not in _BOOLEANS:
            raise ValueError(gettext("This must be 1 or 0."))
        return _BOOLEANS[text]
    if schema["type"] == "integer":
        return _whole(schema, text)
    if len(text) > schema.get("maxLength", 100):
        raise ValueError(
            gettext("At most %(limit)s characters.", limit=schema.get("maxLength", 100))
        )
    if "\0" in text or ("enum" in schema and text not in schema["enum"]):
        allowed = ", ".join(schema.get("enum", ()))
        raise ValueError(gettext("This must be one of: %(values)s.", values=allowed))
    return text


def _whole(schema: Mapping[str, Any], text: str) -> int:
    low, high = schema["minimum"], schema["maximum"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else low - 1
    if not low <= number <= high:
        message = gettext(
            "This must be a whole number from %(low)s to %(high)s.", low=low, high=high
        )
        raise ValueError(message)
    return number
