"""All mapped classes, for migrations and checks."""

import importlib

MODULES = (
    "portal.core.models",
    "portal.accounts.models",
    "portal.accounts.consents",
    "portal.thesaurus.models",
    "portal.disclosure.models",
    "portal.companies.models",
    "portal.companies.facts.models",
    "portal.evidence.models",
    "portal.companies.verification.models",
    "portal.capabilities.models",
    "portal.needs.models",
    "portal.market_rules.models",
    "portal.matching.models",
    "portal.inquiries.models",
    "portal.service_requests.models",
    "portal.test_centre.models",
    "portal.fact_sheets.models",
    "portal.privacy.models",
)


def load_all() -> None:
    """Import every module that maps a table."""
    for name in MODULES:
        importlib.import_module(name)
