"""Entry point for a checkout: `flask run`, `gunicorn app:app`. Not part of the wheel."""

from portal import create_app

app = create_app()
