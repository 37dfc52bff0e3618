"""The limits that keep every room of the house small enough to read in one go."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from portal.paths import TEMPLATES

PORTAL = Path(__file__).parents[2] / "portal"
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES, VIEW_LINES, TEMPLATE_LINES = 400, 40, 8, 20, 150
CATCH_ALLS = {"helpers.py", "utils.py", "common.py"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _sources() -> list[Path]:
    """All code but the migrations, whose length is that of the schema."""
    return [p for p in PORTAL.rglob("*.py") if "versions" not in p.parts]


def _functions() -> Iterator[tuple[str, Function]]:
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(PORTAL)}: {node.name}", node


def _length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_view(node: Function) -> bool:
    """Whether a decorator puts the function at an address."""
    names = (d.func for d in node.decorator_list if isinstance(d, ast.Call))
    return any(
        ast.unparse(n).startswith("blueprint.") or ast.unparse(n) == "operation" for n in names
    )


def _too_long(paths: Iterator[Path] | list[Path], limit: int) -> dict[str, int]:
    counted = {str(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    return {path: lines for path, lines in counted.items() if lines > limit}


def test_no_file_is_longer_than_400_lines() -> None:
    assert not _too_long(_sources(), FILE_LINES)


def test_no_template_is_longer_than_150_lines() -> None:
    assert not _too_long([p for p in TEMPLATES.rglob("*") if p.is_file()], TEMPLATE_LINES)


def test_no_function_is_longer_than_40_lines() -> None:
    found = {name: _length(node) for name, node in _functions()}
    assert not {name: lines for name, lines in found.items() if lines > FUNCTION_LINES}


def test_half_of_the_functions_have_at_most_8_lines() -> None:
    assert statistics.median(_length(node) for _name, node in _functions()) <= MEDIAN_LINES


def test_no_view_is_longer_than_20_lines() -> None:
    views = {name: _length(node) for name, node in _functions() if _is_view(node)}
    assert len(views) > 100
    assert not {name: lines for name, lines in views.items() if lines > VIEW_LINES}


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [path for path in _sources() if path.name in CATCH_ALLS]


def test_every_template_is_used() -> None:
    """By its full name, or by its folder and a name that the code puts in."""
    code = "\n".join(path.read_text("utf-8") for path in _sources())
    marked = "\n".join(p.read_text("utf-8") for p in TEMPLATES.rglob("*") if p.is_file())
    names = [str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*") if p.is_file()]
    by_folder = ("emails/", "errors/", "layouts/mail-base")
    unused = [n for n in names if f'"{n}"' not in code + marked and not n.startswith(by_folder)]
    assert not unused
