"""Pages of thesaurus."""

from flask import Blueprint

blueprint = Blueprint("thesaurus", __name__)
