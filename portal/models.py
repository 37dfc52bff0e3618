"""All mapped classes, for migrations and checks."""

import importlib

MODULES = (
    "portal.core.models",
    "portal.accounts.models",
    "portal.thesaurus.models",
    "portal.disclosure.models",
    "portal.companies.models",
    "portal.capabilities.models",
    "portal.needs.models",
    "portal.matching.models",
    "portal.inquiries.models",
    "portal.service_requests.models",
)


def load_all() -> None:
    """Import every module that maps a table."""
    for name in MODULES:
        importlib.import_module(name)
