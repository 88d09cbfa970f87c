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

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from accounts.websocket import AccountMiddleware, OriginMiddleware  # noqa: E402
from jobs.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OriginMiddleware(AccountMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
