"""Access page: the proof of isolation, and the matrix of permitted actions by caller and resource."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from constructs_lib.analysis.engine.cvc5_engine import Cvc5, is_installed
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.report.matrix import number, perhaps, words
from constructs_lib.analysis.report.proof import verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from constructs_lib.analysis.matrix.access import Matrix
    from constructs_lib.analysis.proof.findings import Report
    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState, Templates

_Value = TypeVar("_Value")


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes; the page loads its slow parts with separate requests."""
    reports, matrices = Latest(_proof), Latest(_matrix)

    def page(request: Request, _: Fields) -> Response:
        return pages.render(request, "access.html")

    def proof(request: Request, _: Fields) -> Response:
        found = reports.of(state.templates())
        return pages.render(request, "_proof.html", found=found, verdict=verdict(found))

    def matrix(request: Request, _: Fields) -> Response:
        found = matrices.of(state.templates())
        by_resource = groupby(found.places, key=lambda place: (place.type, place.resource))
        groups = [(*resource, list(places)) for resource, places in by_resource]
        return pages.render(
            request, "_matrix.html", matrix=found, groups=groups, words=words, perhaps=perhaps, number=number
        )

    return [
        pages.page("/access", page, name="access"),
        pages.page("/access/proof", proof, name="proof"),
        pages.page("/access/matrix", matrix, name="matrix"),
    ]


class Latest(Generic[_Value]):
    """Cached value computed from the latest templates, shared by all pages."""

    def __init__(self, make: Callable[[Templates], _Value]) -> None:
        """Start with an empty cache."""
        self._make = make
        self._made: tuple[Templates, _Value] | None = None
        self._lock = threading.Lock()

    def of(self, templates: Templates) -> _Value:
        """Return the value for the templates."""
        with self._lock:
            if self._made is None or self._made[0] is not templates:
                self._made = templates, self._make(templates)
            return self._made[1]


def _proof(templates: Templates) -> Report:
    opened: AbstractContextManager[Any] = Cvc5() if is_installed() else nullcontext()
    with opened as second:
        return prove(templates.models, second=second)


def _matrix(templates: Templates) -> Matrix:
    return build_matrix(templates.models, title="Deployed access")
