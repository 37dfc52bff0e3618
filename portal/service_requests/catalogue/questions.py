"""Questions that the forms of several services ask in the same words."""

from decimal import Decimal
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Question
from portal.service_requests.catalogue.standards import VEHICLES

ZERO, ONE = Decimal(0), Decimal(1)


def topics(*choices: tuple[str, Any], id: str = "topic") -> Question:  # noqa: A002
    """What a request with several possible subjects is about."""
    return Question(id, "multichoice", _l("What is it about?"), required=True, choices=choices)


PRODUCT = Question("product", "text", _l("Product"), required=True, prefill="title")
VEHICLE_CATEGORY = Question("vehicle_category", "choice", _l("Vehicle category"), choices=VEHICLES)
COUNTRY = Question("country", "countries", _l("Country"), required=True, prefill="markets")
BUDGET = Question("budget", "money", _l("Budget"), min=ZERO)
