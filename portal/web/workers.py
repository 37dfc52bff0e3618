"""Settings of gunicorn: what all web workers only read is loaded once, before they fork.

The words of the thesaurus and the code are most of a worker's memory. Loaded by the master they
lie in pages that all workers share, and a worker that died is back within moments.
"""

import gc
import threading
from typing import Any

from portal.core import i18n

preload_app = True
# What nearly every page needs; other templates are compiled where they are asked for first.
TEMPLATES = (
    "layouts/app.html",
    "layouts/public.html",
    "components/forms.html",
    "search/results.html",
)


def when_ready(server: Any) -> None:
    """Load, before the first worker; what is there by now is left alone by the collector of
    garbage, which would write into the shared pages."""
    app = server.app.wsgi()
    i18n.load()
    for name in TEMPLATES:
        app.jinja_env.get_template(name)
    app.live.catch_up()
    app.engine.load()
    app.database.engine.dispose()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  (as gunicorn calls it)
    """Connections are each process's own; what takes longer warms up in the background."""
    app = server.app.wsgi()
    app.database.engine.dispose(close=False)
    threading.Thread(target=app.engine.warm, name="warm-up", daemon=True).start()
