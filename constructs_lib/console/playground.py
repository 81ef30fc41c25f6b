"""Playground page: evaluate questions against the templates, and call the local cloud as a user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.console.live_calls import call, other_verbs, targets, verbs
from constructs_lib.console.state import GUEST
from constructs_lib.explain import explain

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState

_ACTION: Final = re.compile(r"[\w-]+:[\w-]+")


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes."""

    def page(request: Request, fields: Fields) -> Response:
        model = state.templates().models[0]
        keyed = {each.arn for each in model.holders if each.main.keys() != {"call"}}
        places = list(dict.fromkeys(readable(each.part) for each in find_places(model) if each.holder in keyed))
        return pages.render(
            request,
            "ask.html",
            callers=all_callers(model),
            verbs=sorted({verb for kind in kinds() for verb in kind.main}),
            resources=[each.name for each in model.holders],
            places=places,
            example=(places[0] if places else "*").replace("*", "hello.txt"),
            callers_by_name=_callers_by_name(state),
            targets=targets(state),
            calls=verbs(),
            not_callable=other_verbs(),
            who=fields.get("who", GUEST),
        )

    def answer(request: Request, fields: Fields) -> Response:
        templates = state.templates()
        what, where = fields["what"].strip(), fields["where"].strip()
        question = f"{what} {where}" if _ACTION.fullmatch(what) else f"{what} {fields['resource']} {where}"
        found = explain(templates.models, fields["who"], question, lines=templates.lines)
        return pages.render(request, "_answer.html", answer=found, outcome=None)

    def outcome(request: Request, fields: Fields) -> Response:
        caller = state.caller(fields["who"])
        if caller is None:
            raise ValueError(
                f"{fields['who']!r} has not signed in since the console started: choose Become under People"
            )
        found = call(state, caller, fields)
        entry = next((each for each in state.calls()[::-1] if each["id"] == found.request_id), None)
        why = None if entry is None else state.answers([entry])[0]
        return pages.render(request, "_answer.html", answer=why, outcome=found)

    return [
        pages.page("/ask", page, name="ask"),
        pages.page("/ask/answer", answer, name="answer"),
        pages.part("/ask/call", outcome, name="call"),
    ]


def _callers_by_name(state: ConsoleState) -> dict[str, str]:
    """Return the display names of the signed-in users, by user name."""
    return {name: state.label(name) for name in state.callers()}
