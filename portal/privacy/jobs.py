"""Repeated and waiting work of privacy."""

from portal.config import Settings
from portal.core.files import FileStore
from portal.core.journal import Journal


def register(settings: Settings, files: FileStore, journal: Journal) -> None:
    """Let the worker do it with these settings."""
