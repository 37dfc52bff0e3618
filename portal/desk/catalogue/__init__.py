"""The catalogue of services in the desk."""

from portal.desk.catalogue import views

__all__ = ["views"]
