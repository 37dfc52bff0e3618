"""The one registry of interface languages. A new language is one line here and one catalogue."""

from dataclasses import dataclass

import langcodes


@dataclass(frozen=True)
class Locale:
    """An interface language: `tag` is BCP 47, `slug` stands in URLs, `babel` names CLDR data."""

    tag: str
    slug: str
    babel: str
    native: str
    direction: str = "ltr"

    @property
    def dir(self) -> str:
        return self.direction


LOCALES: tuple[Locale, ...] = (
    Locale("zh-Hans", "zh-hans", "zh_Hans", "简体中文"),
    Locale("en", "en", "en", "English"),
    Locale("de", "de", "de", "Deutsch"),
)
DEFAULT = LOCALES[1]
BY_SLUG = {locale.slug: locale for locale in LOCALES}
BY_TAG = {locale.tag: locale for locale in LOCALES}
# Farther is another language: zh-TW → zh-Hans is 54 (another script), fr → de 80 and more.
_MAX_DISTANCE = 60


def by_tag(tag: str | None) -> Locale:
    """The registered locale of a stored tag, or the default one."""
    return BY_TAG.get(tag or "", DEFAULT)


def closest(wanted: str) -> Locale | None:
    """The locale that a reader of `wanted` (any BCP 47 tag) would accept, or None."""
    try:
        tag, _distance = langcodes.closest_match(
            wanted, [locale.tag for locale in LOCALES], max_distance=_MAX_DISTANCE
        )
    except (ValueError, LookupError):
        return None
    return BY_TAG.get(tag)


def negotiate(accepted: list[str]) -> Locale:
    """The first of the reader's languages, in order of preference, that is registered."""
    for wanted in accepted:
        if wanted != "*" and (match := closest(wanted)):
            return match
    return DEFAULT
