"""Where templates, static files and translations are: inside the wheel, or in the checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_ASSETS = PACKAGE / "_assets"
ROOT = _ASSETS if _ASSETS.is_dir() else PACKAGE.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
TRANSLATIONS = ROOT / "translations"
MIGRATIONS = PACKAGE / "migrations"
