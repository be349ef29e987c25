"""Addresses that come from outside: only paths of this site are followed (S20)."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def local_path(target: str | None, *, default: str = "/") -> str:
    """`target` when it is a plain path of this site, else `default`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 0x20 or character == "\\" for character in target):  # noqa: PLR2004 -- control characters
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def path_of(address: str) -> str:
    """The path and the query of a whole address, without whatever host it names."""
    parts = urlsplit(address)
    return local_path(urlunsplit(("", "", parts.path, parts.query, "")))
