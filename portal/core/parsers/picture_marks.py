"""Pictures with words across them that tell for whom the copy was made."""

from typing import Any

from PIL import Image

from portal.core.parsers import marks, pictures


def prepare() -> None:
    """Load what is loaded when first used, and the font."""
    pictures.prepare()
    marks.prepare()


def mark(content: bytes, *, side: int, lines: list[str]) -> tuple[dict[str, Any], list[bytes]]:
    """The picture with lines of text written across it again and again."""
    picture = pictures.read(content, side).convert("RGBA")
    return {}, [pictures.saved(Image.alpha_composite(picture, marks.layer(picture.size, lines)))]


TASKS = {"mark-picture": mark}
