"""Rules of markets in the desk: the list, one rule with its history, editing, files."""

from portal.desk.market_rules import files, views

__all__ = ["files", "views"]
