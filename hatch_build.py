"""Build hook: compiles the catalogues and puts templates, static files and texts into the wheel."""

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
        if version == "editable":
            return
        build_data["artifacts"].append("*.mo")
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


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "translations")
