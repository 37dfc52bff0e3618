"""Portal of an overseas base for the new-energy-vehicle supply chain."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.config import Settings
    from portal.web.app import Portal


def create_app(settings: "Settings | None" = None) -> "Portal":
    """The WSGI application; see portal.factory."""
    from portal.factory import create_app as build  # noqa: PLC0415  (importing a part stays cheap)

    return build(settings)
