"""How many calls are left, said in the headers of each answer."""

import time

from flask import Response, g, request
from limits.strategies import FixedWindowRateLimiter

from portal.api.problems import ApiError
from portal.core.i18n import lazy_gettext as _l
from portal.core.limits import LIMITS
from portal.web.app import actor, portal


def count() -> None:
    """Count this call, per person or per address. Raises 429 when the window is used up."""
    if not portal().settings.rate_limits:
        return
    known = actor().user_id
    name, who = ("api", known) if known else ("search", request.remote_addr or "")
    item = LIMITS[name][0]
    strategy = FixedWindowRateLimiter(portal().limiter.storage)
    allowed = strategy.hit(item, "api", who)
    window = strategy.get_window_stats(item, "api", who)
    seconds = max(1, int(window.reset_time - time.time()))
    g.api_rate = {
        "RateLimit-Policy": f"{item.amount};w={item.get_expiry()}",
        "RateLimit-Limit": str(item.amount),
        "RateLimit-Remaining": str(max(0, window.remaining)),
        "RateLimit-Reset": str(seconds),
    }
    if not allowed:
        detail = _l("Too many calls. Please wait as long as Retry-After says.")
        raise ApiError(429, detail, headers={"Retry-After": str(seconds)})


def add_headers(response: Response) -> Response:
    response.headers.update(g.get("api_rate", {}))
    return response
