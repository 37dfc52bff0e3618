"""Settings of gunicorn: what all web workers only read is loaded once, before they fork.

The words of the thesaurus and the code are most of a worker's memory. Loaded by the master they
lie in pages that all workers share, and a worker that died is back within moments.
"""

import gc
import logging
import threading
from itertools import product
from typing import Any

from portal.core import i18n, locales
from portal.web.app import Portal

preload_app = True
log = logging.getLogger("portal.web")
# Read once by the master, in every language: what they need lies in shared pages from then on.
PAGES = ("", "search?q=battery", "search?q=电池", "needs", "services", "sign-in")


def when_ready(server: Any) -> None:
    """Load, before the first worker; what is there by now is left alone by the collector of
    garbage, which would write into the shared pages."""
    app = server.app.wsgi()
    i18n.load()
    app.live.catch_up()
    app.engine.load()
    _read_pages(app)
    app.database.engine.dispose()
    gc.collect()
    gc.freeze()


def _read_pages(app: Portal) -> None:
    """A page that fails is the reader's to meet and the log's to tell: the server starts anyway."""
    client = app.test_client()
    for locale, path in product(locales.LOCALES, PAGES):
        try:
            client.get(f"/{locale.slug}/{path}", base_url=app.settings.base_url)
        except Exception:
            log.exception("the page %s/%s could not be read ahead", locale.slug, path)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  (as gunicorn calls it)
    """Connections are each process's own; what takes longer warms up in the background."""
    app = server.app.wsgi()
    app.database.engine.dispose(close=False)
    threading.Thread(target=app.engine.warm, name="warm-up", daemon=True).start()
