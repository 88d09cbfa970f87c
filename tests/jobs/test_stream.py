"""The event stream over WebSocket: order, resuming, blinding, and the end of a session."""

import asyncio
import time
from datetime import timedelta
from importlib import import_module

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import Token, User
from accounts.services import issue_token
from common.clock import now
from jobs import consumers, streaming
from jobs.services import emit_event
from tests import factories
from tests.jobs.websocket import Client

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(user):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode())


@database_sync_to_async
def someone(name, **fields):
    user = factories.user(name, **fields)
    return user, cookie_of(user)


@database_sync_to_async
def tell(user, number):
    emit_event(kind="draft.ready", subject=f"draft:{number}", payload={"number": number}, user=user)


@database_sync_to_async
def token_of(user):
    return issue_token(actor=user, user=user, name="", lifetime=timedelta(days=1))


async def test_events_come_in_order_and_a_client_that_returns_misses_nothing():
    ann, cookie = await someone("ann")
    await tell(ann, 0)
    async with Client(cookie) as client:
        hello = await client.next()
        assert hello["type"] == "hello"
        assert hello["last_id"] > 0
        for number in (1, 2, 3):
            await tell(ann, number)
        first = await client.next()
        assert set(first) == {"type", "id", "at", "kind", "subject", "payload"}
        assert (first["id"] > hello["last_id"], first["kind"], first["payload"]) == (True, "draft.ready", {"number": 1})
        assert await client.numbers(2) == [2, 3]
    for number in (4, 5):
        await tell(ann, number)
    async with Client(cookie, since=first["id"]) as client:
        assert await client.next() == {"type": "hello", "last_id": first["id"]}
        assert await client.numbers(4) == [2, 3, 4, 5]
    async with Client(cookie, since=0) as client:
        await client.next()
        assert await client.numbers(6) == [0, 1, 2, 3, 4, 5]


async def test_a_long_backlog_comes_whole(monkeypatch):
    monkeypatch.setattr(consumers, "PAGE", 3)
    ann, cookie = await someone("ann")
    ben, _ = await someone("ben")
    for number in range(10):
        await tell(ben if number % 4 == 0 else ann, number)
    async with Client(cookie, since=0) as client:
        await client.next()
        assert await client.numbers(7) == [1, 2, 3, 5, 6, 7, 9]
        assert await client.hears_nothing(0.5)


async def test_nobody_hears_what_is_meant_for_another_reader():
    ann, cookie = await someone("ann")
    ben, _ = await someone("ben")
    async with Client(cookie) as client:
        await client.next()
        await tell(ben, 1)
        await tell(ann, 2)
        assert await client.numbers(1) == [2]
        assert await client.hears_nothing(0.5)


@pytest.mark.parametrize("headers", [(), ((b"cookie", b"sessionid=nonsense"),), ((b"authorization", b"Bearer fid_x"),)])
async def test_strangers_are_closed_with_4401(headers):
    async with Client(*headers) as client:
        assert await client.close_code() == 4401


async def test_a_foreign_page_is_refused():
    _, cookie = await someone("ann")
    async with Client(cookie, origin=(b"origin", b"http://evil.example")) as client:
        assert not client.connected


async def test_a_program_with_a_token_needs_no_origin():
    ann, cookie = await someone("ann")
    _, secret = await token_of(ann)
    async with Client((b"authorization", f"Bearer {secret}".encode()), origin=None) as client:
        assert (await client.next())["type"] == "hello"
    async with Client(cookie, origin=None) as client:
        assert not client.connected


async def test_a_cookie_beside_a_made_up_scheme_is_nobody():
    _, cookie = await someone("ann")
    async with Client(cookie, (b"authorization", b"Basic x"), origin=(b"origin", b"http://evil.example")) as client:
        assert await client.close_code() == 4401


@pytest.mark.parametrize("since", ["x", "-1", "1" * 30])
async def test_a_bad_number_is_closed_with_4400(since):
    _, cookie = await someone("ann")
    async with Client(cookie, since=since) as client:
        assert await client.close_code() == 4400


async def test_a_number_from_the_future_starts_from_now():
    ann, cookie = await someone("ann")
    async with Client(cookie, since=10**9) as client:
        assert (await client.next())["last_id"] < 10**9
        await tell(ann, 1)
        assert await client.numbers(1) == [1]


async def test_a_token_opens_the_stream_until_it_expires(monkeypatch):
    monkeypatch.setattr(consumers, "RECHECK_S", 0.2)
    ann, _ = await someone("ann")
    token, secret = await token_of(ann)
    async with Client((b"authorization", f"Bearer {secret}".encode())) as client:
        assert (await client.next())["type"] == "hello"
        assert await client.hears_nothing(0.5)
        await Token.objects.filter(pk=token.pk).aupdate(expires_at=now())
        assert await client.close_code() == 4401


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!changed"}])
async def test_the_stream_ends_with_the_session(monkeypatch, change):
    monkeypatch.setattr(consumers, "RECHECK_S", 0.2)
    ann, cookie = await someone("ann")
    async with Client(cookie) as client:
        await client.next()
        await User.objects.filter(pk=ann.pk).aupdate(**change)
        assert await client.close_code() == 4401


async def test_leaving_a_team_ends_hearing_it():
    ann, cookie = await someone("ann")
    team = await database_sync_to_async(factories.team)("A", reader=[ann])

    @database_sync_to_async
    def tell_team(number):
        emit_event(kind="case.changed", subject="case:1", payload={"number": number}, team=team)

    async with Client(cookie) as client:
        await client.next()
        await tell_team(1)
        assert await client.numbers(1) == [1]
        await database_sync_to_async(team.memberships.all().delete)()
        await tell_team(2)
        assert await client.hears_nothing(0.8)


async def test_one_poller_serves_all_and_ends_with_the_last():
    def pollers():
        return [task for task in asyncio.all_tasks() if task.get_name() == "event-poller"]

    _, cookie = await someone("ann")
    async with Client(cookie) as first:
        await first.next()
        async with Client(cookie) as second:
            await second.next()
            assert len(pollers()) == 1
    assert pollers() == []


async def test_a_nudge_through_redis_comes_before_the_next_poll(monkeypatch, settings, redis_url):
    settings.REDIS_URL = redis_url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": 30}]},
        }
    }
    monkeypatch.setattr(streaming, "POLL_S", 60)
    ann, cookie = await someone("ann")
    async with Client(cookie) as client:
        await client.next()
        await asyncio.sleep(0.5)  # the poller's first look, and its joining of the group
        for number in (1, 2, 3):
            await tell(ann, number)
            assert await client.numbers(1) == [number]
        await database_sync_to_async(time.sleep)(6)  # longer than the layer waits for a message at a time
        await tell(ann, 4)
        assert await client.numbers(1) == [4]
