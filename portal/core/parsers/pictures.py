"""Pictures: read, and made anew from their pixels alone."""

import io
import warnings
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from portal.core.parsers.refused import Refused

MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
# Of WebP: little time for slightly larger files.
EFFORT, QUALITY = 1, 88
_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)


def prepare() -> None:
    """Load what Pillow would load when first used."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.preinit()
    one = Image.new("RGBA", (1, 1))
    one.save(io.BytesIO(), "WEBP")


def rebuild(content: bytes, *, side: int) -> tuple[dict[str, Any], list[bytes]]:
    """The picture as WebP, no side longer than `side`: whatever else hides in the file is gone."""
    return {}, [saved(read(content, side))]


def read(content: bytes, side: int) -> Image.Image:
    """Its pixels, no side longer than `side`. Raises Refused."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.draft("RGB", (side, side))  # JPEG: decodes no more than is kept
            image.load()
            image.thumbnail((side, side))
            return image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("picture") from None


def saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=EFFORT)
    return out.getvalue()


TASKS = {"picture": rebuild}
