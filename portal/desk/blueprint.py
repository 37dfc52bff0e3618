"""The blueprint that all staff screens register on."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__)
