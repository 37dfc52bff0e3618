"""Names of files: refused when they deceive, made harmless when they are kept."""

from portal.core.files.refusals import refusal

MAX_BYTES = 255
# They turn the direction of what follows, so that `exe.pdf` may be shown for `fdp.exe`.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# They show nothing, and Windows does not want the others in a name.
_UNSHOWN = frozenset("\u200b\u2060\ufeff\u00ad\u180e")
_UNWANTED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def check(name: str) -> None:
    """Raises Invalid for a name that hides something or leads to a folder."""
    if any(c in _TURNING or c in _UNSHOWN or _is_control(c) for c in name):
        raise refusal("name_hides")
    if "/" in name or "\\" in name:
        raise refusal("name_leads")
    if len(name.encode("utf-8")) > MAX_BYTES:
        raise refusal("name_long")


def _is_control(c: str) -> bool:
    """Control characters, line separators, and halves of characters that cannot be written."""
    return ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" or "\ud800" <= c <= "\udfff"


def kept(name: str) -> str:
    """The name under which a file is kept: one that every system can save."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].translate(_UNWANTED)
    shown = "".join(c for c in last if c.isprintable() and c not in _TURNING)
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[:150]}{dot}{suffix[:10]}" if dot else shown[:150] or "file"
