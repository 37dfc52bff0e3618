"""What the web server loads: the application."""

from portal.factory import create_app

app = create_app()
