"""Shipped frameworks, read once for all tests of a process; that reading them is right is tested elsewhere."""

from __future__ import annotations

from functools import cache

import parkscore as ps


@cache
def shipped_framework(name: str) -> ps.Framework:
    return ps.load_framework(name)
