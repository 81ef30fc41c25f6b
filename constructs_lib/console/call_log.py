"""Calls page: live list of calls with caller, action, verdict and reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from constructs_lib.explain.request_context import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.routing import Route

    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState
    from constructs_lib.explain.answer import Answer

SHOWN: Final = 100
"""The number of calls that the page shows initially."""
FILTERS: Final = ("refused", "machines")
"""Query fields: show refused calls only; include calls of functions and of the CDK."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A row of the calls page.

    Attributes:
        at: The time, by this machine's clock.
        person: The caller's display name or identity; empty for none.
        what: The action, or the operation that was called.
        refused: Whether it was refused.
        answer: The explanation.
    """

    at: str
    person: str
    what: str
    refused: bool
    answer: Answer

    @property
    def why(self) -> str:
        """The reason for the verdict, without caller and action."""
        return self.answer.sentence.partition(": ")[2] or self.answer.sentence


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes."""

    def new_calls(request: Request, template: str, fields: Fields, after: float) -> Response:
        entries = [each for each in _chosen(state, fields) if each["time"] > after]
        if after and not entries:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        everything = _chosen(state, fields)
        return pages.render(
            request,
            template,
            calls=rows(state, entries[-SHOWN:]),
            count=len(everything),
            refused=sum(each["refused"] for each in everything),
            after=everything[-1]["time"] if everything else 0,
            filters={name: "on" for name in FILTERS if name in fields},
        )

    def page(request: Request, fields: Fields) -> Response:
        return new_calls(request, "calls.html", fields, 0)

    def newer(request: Request, fields: Fields) -> Response:
        return new_calls(request, "_calls_new.html", fields, float(fields["after"]))

    return [pages.page("/", page, name="calls"), pages.page("/calls/new", newer, name="calls_new")]


def rows(state: ConsoleState, entries: list[dict[str, Any]]) -> list[Call]:
    """Return calls as rows, the newest first.

    The entries are the oldest first.
    """
    found = zip(entries, state.answers(entries), strict=True)
    return [_row(state, entry, answer) for entry, answer in found][::-1]


def _row(state: ConsoleState, entry: Mapping[str, Any], answer: Answer) -> Call:
    identity = _identity(entry)
    return Call(
        at=dt.datetime.fromtimestamp(entry["time"]).astimezone().strftime("%H:%M:%S"),
        person=state.name_of(identity) or identity,
        what=answer.action or entry["operation"],
        refused=entry["refused"],
        answer=answer,
    )


def _chosen(state: ConsoleState, fields: Fields) -> list[dict[str, Any]]:
    """Return the calls that match the page's filters; those of machines only if the filter includes them."""
    return [
        each
        for each in state.calls()
        if ("refused" not in fields or each["refused"]) and ("machines" in fields or not _by_machine(each))
    ]


def _by_machine(entry: Mapping[str, Any]) -> bool:
    """Return whether a function, or the CDK, made a call: it has a role, and no identity of an identity pool."""
    return any(each["principal"] for each in entry["checks"]) and not _identity(entry)


def _identity(entry: Mapping[str, Any]) -> str:
    identities = (each["context"].get(IDENTITY) for each in entry["checks"])
    return next((each for each in identities if isinstance(each, str)), "")
