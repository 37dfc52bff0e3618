"""JSON as the API sends it: keys in their own order, since the first text is the original."""

import json

from flask import Response


def as_json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", status, mimetype="application/json")
