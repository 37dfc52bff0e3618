"""Count the SQL statements of a page."""

from portal.core.statements import counted

__all__ = ["counted"]
