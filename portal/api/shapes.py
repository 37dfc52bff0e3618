"""The small parts that JSON Schemas of the OpenAPI document are made of."""

from typing import Any

Schema = dict[str, Any]


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def maybe(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def map_of(values: Schema, description: str = "") -> Schema:
    about = {"description": description} if description else {}
    return {"type": "object", "additionalProperties": values, **about}


def record(properties: Schema, required: tuple[str, ...] = (), *, closed: bool = False) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    if closed:
        schema["additionalProperties"] = False
    return schema


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
ID = text("Opaque identifier.")
MOMENT = text("UTC, with Z.", format="date-time")
DAY = text(format="date")
COUNTRY = text("ISO 3166 code.", minLength=2, maxLength=2)
LANG = text("BCP 47 tag.")
NAMES = list_of(text())
