"""Who may write: by what a browser was given, from our page; never by an address."""

import pytest

from qa.web.access import Access, netloc

HOST = {"host": "127.0.0.1:7860"}


def cookie(access: Access, key: str, **headers: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {**HOST, "cookie": f"a=b; dateline-key-7860={access.cookie_for(key)}; c", **named}


def test_the_key_of_each_start_is_another_and_admits_alone() -> None:
    access = Access()
    assert access.key != Access().key
    for wrong in ("", "é", "\ud800", access.key[:-1]):
        assert access.cookie_for(wrong) == ""
    assert access.admits(cookie(access, access.key, origin="http://127.0.0.1:7860", sec_fetch_site="same-origin"))
    assert not access.admits(HOST)
    assert not access.admits({**HOST, "cookie": "dateline-key-7860="})
    assert not Access().admits(cookie(access, access.key))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:7861"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://localhost:7860"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://[half"},
    ],
    ids=str,
)
def test_other_pages_do_not_write(headers: dict[str, str]) -> None:
    access = Access("token")
    assert not access.admits(cookie(access, access.key, **headers))
    assert not access.admits(cookie(access, "token", **headers))


@pytest.mark.parametrize(
    "name", ["x-forwarded-for", "x-real-ip", "forwarded", "via", "cf-connecting-ip", "true-client-ip", "fly-client-ip"]
)
def test_through_a_proxy_only_the_token_admits(name: str) -> None:
    access = Access("sésame")
    assert not access.admits(cookie(access, access.key, **{name: "127.0.0.1"}))
    assert access.admits(cookie(access, "sésame", **{name: "127.0.0.1"}))
    assert Access().cookie_for("") == ""


def test_origins_that_are_named_are_ours_too() -> None:
    access = Access("token", frozenset({"https://news.example.org"}))
    through = cookie(access, "token", origin="https://news.example.org", sec_fetch_site="cross-site")
    assert access.admits(through)
    assert not access.admits({**through, "origin": "https://news.example.org:8443"})


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://a.example:80", "a.example"),
        ("https://A.example:443", "a.example"),
        ("https://a.example:80", "a.example:80"),
        ("http://[::1]:7860", "[::1]:7860"),
        ("http://a.example:99999", ""),
        ("null", ""),
    ],
)
def test_an_origin_as_a_host_header_names_it(origin: str, expected: str) -> None:
    assert netloc(origin) == expected
