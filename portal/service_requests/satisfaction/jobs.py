"""Asking happens a while after closing, so that what was closed by mistake can be put back."""

from typing import Any

from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import jobs
from portal.core.errors import NotFound
from portal.service_requests.satisfaction import services


def register(settings: Settings) -> None:
    """Let the worker ask, with links that these settings sign."""

    @jobs.handles("satisfaction.ask")
    def ask(session: Session, payload: dict[str, Any]) -> None:
        try:
            services.ask(session, settings, payload["request"])
        except NotFound:
            return  # deleted in the meantime
