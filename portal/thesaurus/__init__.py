"""Concepts of the trade with their terms in every language."""

from portal.thesaurus.store import Attribute, Concept, Suggestion, Thesaurus, get_thesaurus

__all__ = ["Attribute", "Concept", "Suggestion", "Thesaurus", "get_thesaurus"]
