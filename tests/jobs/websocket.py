"""A WebSocket client inside the process, on asgiref's communicator (channels.testing wants Daphne installed)."""

import json

from asgiref.testing import ApplicationCommunicator

from config.asgi import application

ORIGIN = (b"origin", b"http://localhost")


class Client:
    """One connection to `/ws/events`."""

    def __init__(self, *headers, since=None, origin=ORIGIN):
        query = b"" if since is None else f"since={since}".encode()
        scope = {
            "type": "websocket",
            "path": "/ws/events",
            "query_string": query,
            "headers": [header for header in (*headers, origin) if header],
            "subprotocols": [],
        }
        self.socket = ApplicationCommunicator(application, scope)
        self.connected = False

    async def __aenter__(self):
        await self.socket.send_input({"type": "websocket.connect"})
        answer = await self.socket.receive_output(timeout=5)
        self.connected = answer["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *error):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(timeout=5)

    async def next(self):
        """Return the next message."""
        message = await self.socket.receive_output(timeout=5)
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def numbers(self, count):
        """Return the payloads' numbers of the next messages."""
        return [(await self.next())["payload"]["number"] for _ in range(count)]

    async def hears_nothing(self, seconds):
        """Return whether nothing comes for so long."""
        return await self.socket.receive_nothing(seconds)

    async def close_code(self):
        """Return the code with which the server closes."""
        message = await self.socket.receive_output(timeout=5)
        assert message["type"] == "websocket.close", message
        return message["code"]
