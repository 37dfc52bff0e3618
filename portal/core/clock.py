"""The one source of the present moment, always aware and in UTC."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC; tests freeze it."""
    return datetime.now(UTC)


def iso_z(moment: datetime) -> str:
    """`2026-11-22T09:30:00Z`, the form used by the API and in exports."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
