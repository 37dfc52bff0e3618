"""Portal of an overseas base for the new-energy-vehicle supply chain."""

from portal.factory import create_app

__all__ = ["create_app"]
