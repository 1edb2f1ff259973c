"""A clock that is set back: who is signed in stays so, and can still be signed out."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.server.auth.site import Site

HOUR_S = 3600.0


def set_back(site: Site, by_s: float) -> None:
    """Have the clock set back: all that is recorded lies so much later than it did."""
    times = {
        "sessions": ("created_at", "verified_at", "expires_at"),
        "people": ("suspected_at", "lapses_at"),
        "asked": ("lapses_at",),
        "tokens": ("lapses_at",),
    }
    with closing(sqlite3.connect(site.server.settings.state_file, isolation_level=None)) as connection:
        for table, columns in times.items():
            changed = ", ".join(f"{column} = {column} + {by_s}" for column in columns)
            connection.execute(f"UPDATE {table} SET {changed}")


def test_who_was_signed_in_stays_so_until_they_sign_out(site: Site) -> None:
    token = site.token("hugo")
    browser = site.signed_in(token=token)
    set_back(site, HOUR_S)
    assert site.status(browser) == 200
    assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200
    assert site.status(browser) == 401


def test_who_signed_out_elsewhere_before_or_after_is_signed_out_here(site: Site) -> None:
    early, late = site.token("iris"), site.token("jane")
    before, after = site.signed_in(token=early), site.signed_in(token=late)
    site.say_signed_out(site.client(), "iris")  # nothing but a rumour: L2 says that they are signed in
    assert site.status(before) == 200
    set_back(site, HOUR_S)
    for token, name in ((early, "iris"), (late, "jane")):
        site.l2.revoke(token)
        site.say_signed_out(site.client(), name)
    assert [site.status(browser) for browser in (before, after)] == [401, 401]
