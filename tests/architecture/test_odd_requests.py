"""Requests that no client of ours sends: each route answers each oddity, and never with a 500."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.architecture.test_routes import (  # noqa: F401  # fixtures
    BODIES,
    LETTERS,
    MATRIX,
    blob_folder,
    filled,
    own_blobs,
    world,
)
from tests.world import World

pytestmark = pytest.mark.django_db

ODD: tuple[Any, ...] = (None, True, -1, 10**30, "", "\0", "\ud800", "a" * 20_000, [], {})
BROKEN = ("", "nul", "NaN", '{"a": 1e400}', "[" * 100_000, '{"a":' * 50_000, "1" * 5000, "ÿ\udcff")
QUERY = ("", "a", "-1", "9" * 40, "\0", "[")


def called(methods: set[str]) -> list[str]:
    """Return the calls of the REST interface by these methods; DICOMweb has a test of its own."""
    split = {call: call.split(" ", 1) for call in MATRIX}
    return sorted(
        call
        for call, (method, route) in split.items()
        if method in methods and route.startswith("api/") and route != "api/schema"
    )


@cache
def document() -> dict[str, Any]:
    """Return the API's schema."""
    return SchemaGenerator().get_schema(request=None, public=True)


def operation_of(call: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the API's schema says of a call, and the components of the schema."""
    method, route = call.split(" ", 1)
    path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
    return document()["paths"].get(path, {}).get(method.lower(), {}), document()["components"]["schemas"]


def sample(spec: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:
    """Return a value of the kind that the schema describes."""
    if "$ref" in spec:
        return sample(components[spec["$ref"].rsplit("/", 1)[-1]], components, depth + 1)
    for word in ("allOf", "oneOf", "anyOf"):
        if word in spec:
            return sample(spec[word][0], components, depth + 1)
    if "enum" in spec:
        return spec["enum"][0]
    kind = spec.get("type")
    if kind == "object":
        inner = {} if depth > 6 else spec.get("properties", {})
        return {name: sample(one, components, depth + 1) for name, one in inner.items()}
    if kind == "array":
        return [sample(spec["items"], components, depth + 1)]
    words = {"uuid": "{unknown}", "date-time": "2020-01-01T00:00:00Z", "date": "2020-01-01"}
    text = words.get(spec.get("format", ""), "text")
    return {"string": text, "integer": 1, "number": 0.5, "boolean": True}.get(str(kind), {})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value inside a value, itself first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def put(body: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return the body with something else in one place."""
    if not path:
        return odd
    changed = copy.deepcopy(body)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return changed


def client_for(world: World, call: str) -> APIClient:  # noqa: F811
    """Return a client of somebody who may."""
    client = APIClient(raise_request_exception=False)
    person = LETTERS[next(one for one in "AMERJQCOVS" if one in MATRIX[call])]
    if person is not None:
        client.force_login(world.people[person])
    return client


def address(world: World, call: str) -> str:  # noqa: F811
    """Return the path of a call, to things that are there."""
    return "/" + filled(world, re.sub(r"<\w+:", "<", call.split(" ", 1)[1]), "<", ">")


@pytest.mark.parametrize("call", called({"POST", "PUT", "PATCH"}))
def test_odd_bodies(world: World, call: str) -> None:  # noqa: F811
    operation, components = operation_of(call)
    schemas = operation.get("requestBody", {}).get("content", {})
    starts = [sample(schemas["application/json"]["schema"], components)] if "application/json" in schemas else []
    starts += [BODIES[call]] if call in BODIES else []
    bodies = [*BROKEN, *(json.dumps(put(one, place, odd)) for one in starts for place in places(one) for odd in ODD)]
    client, path = client_for(world, call), address(world, call)
    send = getattr(client, call.split()[0].lower())
    wrong = []
    for body in bodies:
        with transaction.atomic():
            content = filled(world, body).encode("utf-8", "surrogateescape")
            answer = send(path, content, content_type="application/json")
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            wrong.append(body[:300])
    assert not wrong, f"{len(wrong)} of {len(bodies)}: {wrong[:5]}"


@pytest.mark.parametrize("call", called({"GET"}))
def test_odd_questions(world: World, call: str) -> None:  # noqa: F811
    operation, _ = operation_of(call)
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    client, path = client_for(world, call), address(world, call)
    wrong = []
    for name in [*names, "limit", "offset", "after", "page"]:
        for value in QUERY:
            with transaction.atomic():
                answer = client.get(f"{path}?{urlencode({name: value})}")
                if answer.streaming:
                    answer.close()
                transaction.set_rollback(True)
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append((name, value[:40], answer.status_code))
    assert not wrong, wrong[:10]
