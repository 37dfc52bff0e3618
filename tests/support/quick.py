"""What makes hundreds of apps in one process cheap, without changing what they do."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from werkzeug.routing.rules import Rule

Builder = Callable[..., tuple[str, str]]


def build_addresses_when_asked() -> None:
    """A route's address builder is compiled when it is first used: most are not in a test."""
    original: Callable[[Rule, bool], Builder] = Rule._compile_builder

    def deferred(rule: Rule, append_unknown: bool = True) -> Builder:
        made: list[Builder] = []

        def build(self: Rule, **values: object) -> tuple[str, str]:
            if not made:
                made.append(original(rule, append_unknown))
            return made[0](self, **values)

        return build

    Rule._compile_builder = deferred  # type: ignore[method-assign,assignment]


def kept_templates(folder: Path) -> FileSystemBytecodeCache:
    """Templates compiled once for all apps of a process."""
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))
