"""The text that the portal is delivered with, as a beginning for the base's own."""

from pathlib import Path

from portal.core.locales import LOCALES

DATA = Path(__file__).parent / "data"


def texts() -> dict[str, tuple[str, str]]:
    """Title and text by language."""
    found = {}
    for locale in LOCALES:
        path = DATA / f"{locale.tag}.txt"
        if path.exists():
            title, _line, body = path.read_text("utf-8").partition("\n\n")
            found[locale.tag] = (title.strip(), body.strip())
    return found
