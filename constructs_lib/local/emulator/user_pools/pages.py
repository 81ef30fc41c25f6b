"""HTML pages of the hosted sign-in; every external text is escaped."""

import html
import json
from collections.abc import Mapping
from typing import Final

from .domain_requests import Reply

XSRF: Final = "XSRF-TOKEN"
_STYLE: Final = (
    "body{font-family:sans-serif;background:#f0f2f5;display:flex;justify-content:center;padding-top:10vh}"
    "main{background:#fff;border-radius:8px;padding:32px;width:360px}input,button{width:100%;box-sizing:border-box;"
    "padding:10px;margin:4px 0 12px}[role=alert]{color:#b00020}"
)
_KINDS: Final = {"password": "current-password", "new_password": "new-password", "code": "one-time-code"}


def field(name: str, label: str, *, secret: bool = False, value: str = "") -> str:
    """Return a required field of a form."""
    kind = "password" if secret else "text"
    filled = f' value="{html.escape(value)}"' if value else ""
    complete = f' autocomplete="{_KINDS[name]}"' if name in _KINDS else ""

    return (
        f'<label for="{html.escape(name)}">{html.escape(label)}</label>'
        f'<input id="{html.escape(name)}" name="{html.escape(name)}" type="{kind}"{filled}{complete} required>'
    )


def hidden(values: Mapping[str, str]) -> str:
    """Return hidden fields."""
    return "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in values.items()
    )


def button(label: str, *, name: str = "", value: str = "") -> str:
    """Return a button that submits the form."""
    named = f' name="{html.escape(name)}" value="{html.escape(value)}"' if name else ""
    return f'<button type="submit"{named}>{html.escape(label)}</button>'


def link(label: str, address: str) -> str:
    """Return a link."""
    return f'<p><a href="{html.escape(address)}">{html.escape(label)}</a></p>'


def page(
    title: str, action: str, inner: str, *, token: str, message: str = "", after: str = "", status: int = 200
) -> Reply:
    """Return a page with one form: `inner` is the HTML of its fields, and `after` the HTML after it.

    The CSRF token is in the form and in a cookie.
    """
    alert = f'<p role="alert">{html.escape(message)}</p>' if message else ""
    body = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{html.escape(title)}</h1>{alert}"
        f'<form method="post" action="{html.escape(action)}">{hidden({"_csrf": token})}{inner}</form>{after}'
        "</main></body></html>"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Set-Cookie": f"{XSRF}={token}; Path=/; HttpOnly; SameSite=Lax",
    }
    return status, headers, body.encode()


def choice(listed: str) -> list[str]:
    """Return the names in a challenge's list."""
    found = json.loads(listed)
    return [str(each) for each in found]
