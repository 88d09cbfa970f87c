"""The ASGI application: HTTP by Django, WebSocket by Channels."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for root in (ROOT / "platform", ROOT):
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application  # noqa: E402  (Django must be set up before any model is imported)

django = get_asgi_application()

import gc  # noqa: E402
from importlib import import_module  # noqa: E402

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from accounts.websocket import AccountMiddleware, OriginMiddleware  # noqa: E402
from config.uploads import UploadHandler  # noqa: E402
from jobs.registry import load_tasks  # noqa: E402
from jobs.routing import websocket_urlpatterns  # noqa: E402
from studies.dicomweb.lane import FastLane  # noqa: E402

# Stored bytes leave by the fast lane; other reading of images, and STOW-RS while its body is on the way, on threads
# that stay; everything else is Django's.
http = FastLane(UploadHandler(django, prefix="/dicomweb/", uploads="/dicomweb/studies"))

# What requests will need is imported now. Else somebody would wait for it: the first to ask for anything, and the first
# to submit a reading, within a transaction that keeps all other writers waiting.
import_module(settings.ROOT_URLCONF)
load_tasks()

# What was imported stays: without it, each full collection would look through all of it (some 100 ms in the middle of
# somebody's request).
gc.collect()
gc.freeze()

# The event loop waits this long at most for a thread that computes (the default is 5 ms, before each piece of a body).
sys.setswitchinterval(0.0005)

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OriginMiddleware(AccountMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
