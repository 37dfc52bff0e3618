"""The markets that rules are kept for, and the countries each of them stands for."""

from collections.abc import Iterable

from portal.core.i18n import lazy_gettext as _l

LABELS = {
    "EU": _l("European Union"),
    "UK": _l("United Kingdom"),
    "US": _l("United States"),
    "JP": _l("Japan"),
    "BR": _l("Brazil"),
    "MX": _l("Mexico"),
    "TH": _l("Thailand"),
    "ID": _l("Indonesia"),
    "GULF": _l("Gulf states"),
    "TR": _l("Türkiye"),
}
COUNTRIES: dict[str, tuple[str, ...]] = {
    "EU": (
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
        *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
    ),
    "UK": ("GB",),
    "US": ("US",),
    "JP": ("JP",),
    "BR": ("BR",),
    "MX": ("MX",),
    "TH": ("TH",),
    "ID": ("ID",),
    "GULF": ("AE", "BH", "KW", "OM", "QA", "SA"),
    "TR": ("TR",),
}
_OF_COUNTRY = {
    **{country: market for market, held in COUNTRIES.items() for country in held},
    **{market: market for market in COUNTRIES},
}


def of_country(code: str | None) -> str | None:
    """The market a country belongs to, if rules are kept for it; a market's own code is known."""
    return _OF_COUNTRY.get((code or "").upper())


def of_countries(codes: Iterable[str | None]) -> tuple[str, ...]:
    """The markets of several countries, each once, in the usual order."""
    found = {of_country(code) for code in codes}
    return tuple(market for market in LABELS if market in found)


def label(market: str) -> str:
    return str(LABELS.get(market, market))
