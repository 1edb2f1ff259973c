"""Requests of other sites: a browser says where a request comes from, and only our own pages may change things."""

from __future__ import annotations

from starlette.datastructures import Headers

from artcelery.server.security.hosts import Hosts, Named
from artcelery.server.security.origins import Origin

__all__ = ["SAFE_METHODS", "is_from_here", "is_taken_in", "says_whence", "why_foreign"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OUR_SITES = frozenset({"same-origin", "none"})  # "none": typed or bookmarked by the user


def why_foreign(headers: Headers, named: Named, hosts: Hosts) -> str | None:
    """Why a request is not one of our own pages or of a program, None when it is."""
    for site in headers.getlist("sec-fetch-site"):
        if site not in _OUR_SITES:
            return f"it comes from another site (Sec-Fetch-Site: {site[:20]})"
    for origin in headers.getlist("origin"):
        if not _is_ours(origin, named, hosts):
            return f"it comes from another origin ({origin[:100]})"
    return None


def is_taken_in(headers: Headers) -> bool:
    """Whether a page of another site loads something of ours into itself, which is not what following a link does.

    It could not read it; but it could have pictures made without end, and learn by the status what there is.
    """
    if _OUR_SITES.issuperset(headers.getlist("sec-fetch-site")):
        return False
    is_link = headers.get("sec-fetch-dest", "document") == "document"
    return headers.get("sec-fetch-mode", "navigate") != "navigate" or not is_link


def says_whence(headers: Headers) -> bool:
    """Whether a request says where it comes from, as every browser does when something may change."""
    return "origin" in headers or "sec-fetch-site" in headers


def is_from_here(headers: Headers) -> bool:
    """Whether a browser says that its user follows a link of ours, or typed the address; False when it says nothing."""
    sites = headers.getlist("sec-fetch-site")
    return bool(sites) and _OUR_SITES.issuperset(sites)


def _is_ours(text: str, named: Named, hosts: Hosts) -> bool:
    try:
        origin = Origin.of(text)
    except ValueError:  # such as null
        return False
    if hosts.public is not None and (origin == hosts.public or named.is_of(hosts.public)):
        return origin == hosts.public
    return named.host == origin.host and (named.port or _port_of(origin)) == origin.port


def _port_of(origin: Origin) -> int:
    return {"https": 443, "http": 80}[origin.scheme]
