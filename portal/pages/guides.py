"""Guides: prose in Markdown per language, beside the catalogues."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from portal import paths
from portal.core.locales import DEFAULT, Locale

SLUGS = ("first-steps-suppliers", "first-steps-buyers", "how-matching-works")
TAGS = {
    *("p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "code", "blockquote", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "hr"),
}


@dataclass(frozen=True)
class Guide:
    """A guide in one language; `html` is sanitised and has no h1, `title` was its first heading."""

    slug: str
    title: str
    lead: str
    html: Markup
    lang: str


def guide(slug: str, locale: Locale) -> Guide | None:
    """The guide in the reader's language, else in English; None for an unknown one."""
    if slug not in SLUGS:
        return None
    for tried in dict.fromkeys((locale, DEFAULT)):
        path = paths.TRANSLATIONS / tried.babel / "pages" / f"{slug}.md"
        if path.is_file():
            return _read(path, path.stat().st_mtime, slug, tried.tag)
    return None


def guides(locale: Locale) -> list[Guide]:
    """All guides that exist, in reading order."""
    return [found for slug in SLUGS if (found := guide(slug, locale))]


@lru_cache(maxsize=128)
def _read(path: Path, _mtime: float, slug: str, lang: str) -> Guide:
    """The first line is the title, the paragraph after it the lead."""
    heading, _, rest = path.read_text("utf-8").partition("\n")
    lead, _, body = rest.strip().partition("\n\n")
    import nh3  # noqa: PLC0415  (only guides need them)
    from markdown_it import MarkdownIt  # noqa: PLC0415

    markdown = MarkdownIt("js-default")
    html = nh3.clean(markdown.render(body), tags=TAGS, link_rel=None)
    plain = nh3.clean(markdown.renderInline(lead), tags=set())
    safe = Markup(html)  # noqa: S704  # nosec B704  (sanitised above)
    return Guide(slug, heading.lstrip("# ").strip(), plain, safe, lang)
