"""The thesaurus in the desk: concepts and drafts, files of terms, releases."""

from portal.desk.thesaurus import files, releases, views

__all__ = ["files", "releases", "views"]
