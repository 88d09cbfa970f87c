"""Addresses under /dicomweb/."""

from typing import Any

urlpatterns: list[Any] = []
