"""Suggestions for a type-ahead over the concepts."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.core import i18n
from portal.thesaurus.check import KINDS
from portal.thesaurus.store import Suggestion, get_thesaurus
from portal.web.guards import public

blueprint = Blueprint("thesaurus", __name__)
MAX_TYPED = 80
MAX_SUGGESTIONS = 12


@blueprint.get("/concepts/suggest")
@public
def suggest() -> ResponseReturnValue:
    """`[{"id", "label", "hint"}]`; the hint is the term that fitted, when it is not the label."""
    typed, kind = request.args.get("q", "")[:MAX_TYPED], request.args.get("kind") or None
    if kind is not None and kind not in KINDS and kind != "category":
        return jsonify([])
    locale = i18n.current().tag
    found = get_thesaurus().suggest(typed, locale, kind, MAX_SUGGESTIONS)
    response = jsonify([_line(suggestion, locale) for suggestion in found])
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _line(suggestion: Suggestion, locale: str) -> dict[str, str]:
    thesaurus = get_thesaurus()
    broader = thesaurus.concepts[suggestion.id].broader
    above = thesaurus.label(broader[0], locale) if broader else ""
    hint = suggestion.term if suggestion.term != suggestion.label else above
    return {"id": suggestion.id, "label": suggestion.label, "hint": hint}
