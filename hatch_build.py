"""Build hook: compiles the catalogues and puts templates, static files and texts into the wheel."""

import gzip
import io
import tempfile
from collections.abc import Iterator
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
        if version == "editable":
            return
        build_data["artifacts"].append("*.mo")
        for folder in ASSETS:
            build_data["force_include"][str(Path(self.root) / folder)] = f"portal/_assets/{folder}"
        self._packed = tempfile.TemporaryDirectory()
        for path, name in compressed(Path(self.root) / "static", Path(self._packed.name)):
            build_data["force_include"][str(path)] = f"portal/_assets/static/{name}.gz"

    def finalize(self, version: str, _data: dict[str, Any], _path: str) -> None:
        """The packed copies are in the wheel; none stays in the checkout to grow stale."""
        if version != "editable":
            self._packed.cleanup()


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


def compressed(folder: Path, target: Path) -> Iterator[tuple[Path, str]]:
    """Packed copies of the text files, with the names of their originals."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if path.is_file() and path.suffix in (".css", ".js", ".svg"):
            packed = target / str(number)
            packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            yield packed, path.relative_to(folder).as_posix()


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "translations")
