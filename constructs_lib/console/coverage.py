"""Coverage page: the policy statements that the calls used, and those that no call used."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.explain.coverage import coverage
from constructs_lib.explain.coverage_report import in_words, summary

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes."""

    def page(request: Request, _: Fields) -> Response:
        found = coverage(state.templates().models, state.answers(state.calls()))
        by_construct = groupby(found.uses, key=lambda use: readable(use.statement.source))
        groups = {name: list(uses) for name, uses in by_construct}
        return pages.render(
            request, "coverage.html", coverage=found, groups=groups, in_words=in_words, summary=summary(found)
        )

    return [pages.page("/coverage", page, name="coverage")]
