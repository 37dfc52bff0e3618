"""The message catalogues: extract, update, check. `python -m tests.support.catalogues check`."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from portal import paths
from portal.core.locales import LOCALES

ROOT = paths.ROOT
POT = paths.TRANSLATIONS / "messages.pot"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "_l": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = [
    ("portal/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {"templates/**.html": {"silent": "false"}, "templates/**.txt": {"silent": "false"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"</?[a-z][^>]*>")
SOURCE = "en"
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]")


def extract() -> Catalog:
    """All messages of the code and the templates."""
    catalog = Catalog(project="overseas-base-portal", charset="utf-8")
    for folder in ("portal", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            [
                (pattern.removeprefix(f"{folder}/"), method)
                for pattern, method in METHODS
                if pattern.startswith(folder)
            ],
            {p.removeprefix(f"{folder}/"): o for p, o in OPTIONS.items() if p.startswith(folder)},
            keywords=KEYWORDS,
            comment_tags=("NOTE:",),
        )
        for _name, _line, message, comments, context in found:
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def po_path(babel: str) -> Path:
    return paths.TRANSLATIONS / babel / "LC_MESSAGES" / "messages.po"


def targets() -> list[str]:
    return [locale.babel for locale in LOCALES if locale.tag != SOURCE]


def read(babel: str) -> Catalog:
    path = po_path(babel)
    if not path.exists():
        return Catalog(locale=babel, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=babel)


def _written(catalog: Catalog) -> bytes:
    catalog.fuzzy = False  # the header is nobody's guess either
    out = BytesIO()
    write_po(
        out,
        catalog,
        no_location=True,
        sort_output=True,
        omit_header=False,
        width=100,
        ignore_obsolete=True,
        include_previous=False,
    )
    dates = re.compile(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By).*\n', re.M
    )
    return dates.sub(b"", out.getvalue())


def update() -> None:
    """Write the template and bring every catalogue in line with it; nothing is guessed."""
    template = extract()
    POT.write_bytes(_written(template))
    for babel in targets():
        catalog = read(babel)
        catalog.update(template, no_fuzzy_matching=True)
        po_path(babel).parent.mkdir(parents=True, exist_ok=True)
        po_path(babel).write_bytes(_written(catalog))


def _forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string]


def _sources(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, (list, tuple)) else [message.id]


def problems_of(babel: str, template: Catalog) -> Iterator[str]:
    """What is missing, stale, empty, fuzzy or broken in one catalogue."""
    catalog = read(babel)
    wanted = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in template if m.id}
    have = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in catalog if m.id}
    yield from (f"missing: {text!r}" for text, _context in sorted(wanted - have, key=str))
    yield from (f"stale: {text!r}" for text, _context in sorted(have - wanted, key=str))
    plural = get_plural(babel)
    for message in catalog:
        if message.id:
            yield from _message_problems(message, babel, plural.num_plurals)


def _message_problems(message: Message, babel: str, plurals: int) -> Iterator[str]:
    forms, sources = _forms(message), _sources(message)
    name = repr(sources[0])
    if message.fuzzy:
        yield f"fuzzy: {name}"
    if len(sources) > 1 and len(forms) != plurals:
        yield f"{len(forms)} plural forms instead of {plurals}: {name}"
    needed = set(PLACEHOLDER.findall(sources[-1]))
    for form in forms:
        if not form:
            yield f"empty: {name}"
            continue
        used = set(PLACEHOLDER.findall(form))
        if used - needed or (needed - used and not (len(sources) > 1 and needed - used == {"num"})):
            yield f"placeholders differ: {name}"
        if sorted(TAG.findall(form)) != sorted(TAG.findall(sources[-1])):
            yield f"tags differ: {name}"
        if re.search(r"%(?!\(\w+\)s|%)", form):
            yield f"lone percent sign: {name}"
        if babel == "zh_Hans" and HALF_WIDTH.search(form):
            yield f"half-width punctuation: {name} -> {form}"


def check() -> list[str]:
    """All problems of all catalogues, and a template that is out of date."""
    template = extract()
    problems = []
    if not POT.exists() or POT.read_bytes() != _written(template):
        problems.append("messages.pot is out of date: make texts")
    for babel in targets():
        problems += [f"{babel}: {text}" for text in problems_of(babel, template)]
    return problems


def main() -> int:
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    problems = check()
    for problem in problems[:80]:
        print(problem, file=sys.stderr)
    print(f"catalogues: {len(problems)} problems" if problems else "catalogues: complete")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
