"""Texts, dates, numbers and names in the reader's language. Works in pages, jobs and commands."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale as CldrLocale
from babel import UnknownLocaleError, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations
from jinja2 import Environment

from portal import paths
from portal.core.locales import DEFAULT, LOCALES, Locale, by_tag

_current: ContextVar[Locale] = ContextVar("locale", default=DEFAULT)
_zone: ContextVar[str] = ContextVar("zone", default="UTC")
BASE_ZONE = "Asia/Shanghai"

# CLDR names that a Chinese operator words differently.
_TERRITORY_OVERRIDES = {
    "zh_Hans": {"TW": "中国台湾", "HK": "中国香港", "MO": "中国澳门"},
}


def current() -> Locale:
    """The locale texts are rendered in right now."""
    return _current.get()


def activate(locale: Locale, zone: str = "UTC") -> None:
    """Set locale and time zone for this request."""
    _current.set(locale)
    _zone.set(zone if zone in zones() else "UTC")


@contextmanager
def use_locale(tag: str, zone: str = "UTC") -> Iterator[None]:
    """Render in another reader's language, as mails do."""
    locale_token, zone_token = _current.set(by_tag(tag)), _zone.set(zone)
    try:
        yield
    finally:
        _current.reset(locale_token)
        _zone.reset(zone_token)


@lru_cache
def zones() -> frozenset[str]:
    """All time zones by name; reading them from the disk takes a while."""
    return frozenset(available_timezones())


def zone() -> ZoneInfo:
    """The reader's time zone."""
    return ZoneInfo(_zone.get())


@lru_cache
def _translations(babel: str) -> Translations:
    """The compiled catalogue, or the source catalogue compiled in memory when it is newer."""
    folder = paths.TRANSLATIONS / babel / "LC_MESSAGES"
    po, mo = folder / "messages.po", folder / "messages.mo"
    if mo.exists() and not (po.exists() and po.stat().st_mtime > mo.stat().st_mtime):
        with mo.open("rb") as compiled:
            return Translations(compiled)
    if not po.exists():
        return Translations()
    buffer = io.BytesIO()
    with po.open("rb") as source:
        write_mo(buffer, read_po(source, locale=babel))
    buffer.seek(0)
    return Translations(buffer)


def load() -> None:
    """Read the catalogues of all languages now, not with the first page that needs one."""
    for locale in LOCALES:
        _translations(locale.babel)


def gettext(message: str, **values: object) -> str:
    """The message in the current language; without values its placeholders stay for the caller."""
    text = _translations(current().babel).ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """The right plural form; `%(num)s` is the localised number."""
    text = _translations(current().babel).ungettext(singular, plural, n)
    return text % {"num": format_number(n), **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """Like gettext, for a message whose meaning depends on its context."""
    return str(_translations(current().babel).upgettext(context, message)) % values


def install_jinja(environment: Environment) -> None:
    """Give templates the same texts; Jinja fills the placeholders itself, escaped."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda m: _translations(current().babel).ugettext(m),
        _jinja_ngettext,
        newstyle=True,
        pgettext=lambda c, m: str(_translations(current().babel).upgettext(c, m)),
    )


def _jinja_ngettext(singular: str, plural: str, n: int) -> str:
    text = _translations(current().babel).ungettext(singular, plural, n)
    return text.replace("%(num)s", format_number(n))


def lazy_gettext(message: str, **values: object) -> Any:
    """A message rendered when it is shown, in the reader's language at that moment."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


_ = gettext
_l = lazy_gettext


@lru_cache
def _cldr(babel: str) -> CldrLocale:
    return CldrLocale.parse(babel)


def format_date(value: date | datetime | None, style: str = "medium") -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(zone())
    return dates.format_date(value, style, locale=_cldr(current().babel))


def format_month(value: str | None) -> str:
    """`2027-06` as the reader writes a month and year."""
    if not value:
        return ""
    year, month = value.split("-")[:2]
    return dates.format_skeleton(
        "yMMMM",
        date(int(year), int(month), 1),
        locale=_cldr(current().babel),
    )


def format_datetime(value: datetime | None, zone_name: str | None = None) -> str:
    """Medium date and short time with the zone's name, so that nobody has to guess."""
    if value is None:
        return ""
    tz = ZoneInfo(zone_name) if zone_name else zone()
    local = value.astimezone(tz)
    cldr = _cldr(current().babel)
    day = dates.format_date(local, "medium", locale=cldr)
    time = dates.format_time(local, "short", tzinfo=tz, locale=cldr)
    pattern: Any = cldr.datetime_formats["medium"]
    return f"{pattern.format(time, day)} {_zone_name(local, cldr)}"


def _zone_name(local: datetime, cldr: CldrLocale) -> str:
    """The short name readers know (MEZ, EST), else the distance from UTC."""
    name = dates.get_timezone_name(local, "short", locale=cldr)
    if name[:1] not in "+-":
        return name
    hours, minutes = divmod(
        abs(offset := local.utcoffset() or timedelta(0)) // timedelta(minutes=1), 60
    )
    sign = "-" if offset < timedelta(0) else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else "UTC"


def format_number(value: Decimal | int | float | None) -> str:
    return "" if value is None else numbers.format_decimal(value, locale=_cldr(current().babel))


def format_percent(share: float) -> str:
    """A share of one in whole percent, with the reader's space before the sign or none."""
    return numbers.format_percent(share, locale=_cldr(current().babel))


def format_money(amount: Decimal, currency: str) -> str:
    """Always with the ISO code: a bare ¥ or $ means different money to different readers."""
    return numbers.format_currency(
        amount, currency, "#,##0.00 ¤¤", locale=_cldr(current().babel), currency_digits=False
    )


def format_list(items: Iterable[object], style: Literal["standard", "or"] = "standard") -> str:
    """`A, B and C` as the reader's language puts it; style `or` for alternatives."""
    return lists.format_list([str(item) for item in items], style, _cldr(current().babel))


def country_name(code: str | None) -> str:
    if not code:
        return ""
    babel = current().babel
    override = _TERRITORY_OVERRIDES.get(babel, {}).get(code)
    return override or _cldr(babel).territories.get(code, code)


def language_name(tag: str) -> str:
    return _language_name(current().babel, tag)


@lru_cache(maxsize=512)
def _language_name(babel: str, tag: str) -> str:
    try:
        plain = tag.removesuffix("-Hans")  # readers call it Chinese
        shown = CldrLocale.parse(plain.replace("-", "_")).get_display_name(babel)
    except (ValueError, LookupError, UnknownLocaleError):
        shown = None
    return shown or tag


# What people of this trade write in besides the portal's own languages.
_WRITTEN = (
    *("ar", "cs", "es", "fr", "hu", "id", "it", "ja", "ko", "ms", "nl", "pl", "pt", "pt-BR"),
    *("ro", "ru", "sk", "sv", "th", "tr", "vi", "zh-Hant"),
)


def languages(also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(BCP 47 tag, name) of languages to write in, and those in `also`.

    The portal's own come first, under their own names; the others are sorted by name.
    """
    own = {locale.tag: locale.native for locale in LOCALES}
    more = {tag: language_name(tag) for tag in {*_WRITTEN, *also} - own.keys()}
    return [*own.items(), *sorted(more.items(), key=lambda pair: pair[1])]


@lru_cache
def _countries(babel: str) -> tuple[tuple[str, str], ...]:
    names = {**_cldr(babel).territories, **_TERRITORY_OVERRIDES.get(babel, {})}
    rows = [
        (c, n) for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRY
    ]
    return tuple(sorted(rows, key=lambda row: row[1]))


_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


def countries() -> tuple[tuple[str, str], ...]:
    """(ISO 3166 code, name) pairs in the reader's language, sorted by name."""
    return _countries(current().babel)
