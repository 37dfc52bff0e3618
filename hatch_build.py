"""Build hook: compiles the catalogues and puts templates, static files and texts into the wheel."""

import gzip
import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = ("templates", "static", "translations")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Maps the root folders to `portal/_assets/`; an editable install reads the checkout itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root) / "translations")
        compress_static(Path(self.root) / "static")
        if version == "editable":
            return
        build_data["artifacts"] += ["*.mo", "*.gz"]
        for folder in ASSETS:
            build_data["force_include"][str(Path(self.root) / folder)] = f"portal/_assets/{folder}"


def compile_catalogues(folder: Path) -> None:
    """Write each `.mo` that is missing or older than its `.po`; fuzzy texts are left out."""
    for po in folder.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        compiled = io.BytesIO()
        with po.open("rb") as source:
            write_mo(compiled, read_po(source, locale=po.parts[-3]), use_fuzzy=False)
        mo.write_bytes(compiled.getvalue())


def compress_static(folder: Path) -> None:
    """Write a `.gz` beside each text file that is missing one or is newer than it."""
    for path in folder.rglob("*"):
        packed = path.with_name(f"{path.name}.gz")
        if path.suffix not in (".css", ".js", ".svg") or not path.is_file():
            continue
        if not packed.exists() or packed.stat().st_mtime < path.stat().st_mtime:
            packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "translations")
    compress_static(Path(__file__).parent / "static")
