"""What the web server loads: the application, warmed up in the background."""

import threading

from portal.factory import create_app

app = create_app()
threading.Thread(target=app.engine.warm, name="warm-up", daemon=True).start()
