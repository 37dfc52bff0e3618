"""Words that are written across a picture or page again and again, so that a copy tells for whom it
was made."""

import io
import math
import os
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SLANT = 30
# The setting by which the portal names a font that knows the readers' scripts.
FONT = "MARK_FONT"
_LIGHT, _DARK = (255, 255, 255, 105), (60, 60, 60, 105)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = os.environ.get(FONT, "")
    # By its bytes: another size is made of them when no file can be opened any more.
    font = io.BytesIO(Path(path).read_bytes()) if path else None
    return ImageFont.truetype(font, 24) if font else ImageFont.load_default(24)


def prepare() -> None:
    """Load the font, and what Pillow loads late, while files can be opened."""
    _font()
    Image.new("L", (1, 1)).tobytes()


def _sized(letters: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = _font()
    return font.font_variant(size=letters) if hasattr(font, "font_variant") else font


def layer(size: tuple[int, int], lines: list[str], letters: int = 0) -> Image.Image:
    """A layer of that size with the lines slanted all over it: light with a dark edge, to be seen
    on any ground. `letters` is their height in pixels; else it goes by the size."""
    letters = letters or max(12, min(size) // 30)
    across = math.ceil(math.hypot(*size))
    turned = _written(across, letters, "\n".join(lines)).rotate(SLANT, Image.Resampling.BILINEAR)
    left, top = (across - size[0]) // 2, (across - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _written(side: int, letters: int, text: str) -> Image.Image:
    tile = _tile(letters, text)
    whole = Image.new("RGBA", (side, side))
    for row, top in enumerate(range(0, side, tile.height)):
        for left in range(-(row % 2) * tile.width // 2, side, tile.width):
            whole.paste(tile, (left, top))
    return whole


def _tile(letters: int, text: str) -> Image.Image:
    font, edge = _sized(letters), max(1, letters // 14)
    box = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), text, font)
    size = (int(box[2]) + letters * 4, int(box[3]) + letters * 4)
    tile = Image.new("RGBA", size)
    ImageDraw.Draw(tile).multiline_text(
        (letters, letters), text, _LIGHT, font, stroke_width=edge, stroke_fill=_DARK
    )
    return tile
