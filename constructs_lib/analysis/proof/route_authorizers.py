"""Authorizers of the routes that serve owned paths: each route uses its own authorizer.

Sources: "Controlling and managing access to REST APIs", "How API Gateway resource policies affect authorization
workflow", "Create routes for HTTP APIs" (Amazon API Gateway developer guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.engine.language_intersection import meeting, vectors_among
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.pattern_elements import REST, call, pattern
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.model.routes import call_of, name_of
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import ANYONE, route_finding
from constructs_lib.analysis.proof.route_backends import backend_findings
from constructs_lib.analysis.proof.route_code import code_of_route, is_preflight
from constructs_lib.analysis.proof.route_functions import route_function_findings
from constructs_lib.analysis.proof.route_objects import is_of_s3, object_findings, objects_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.function_permissions import Code

_NOT_ASKED: Final[Mapping[str, tuple[str, str]]] = {
    "jwt": ("a signed-in user", "it accepts the token of any user, so that policies do not apply there"),
    "custom": ("an unknown caller", "its own code authorizes callers, so that policies do not apply there"),
    "unknown": ("an unknown caller", "its authorization is unknown"),
}


def route_findings(place: Place, api: Api, model: Model) -> Iterator[Finding]:
    """Yield the routes that serve an owned path to callers other than those that policies allow."""
    served = list(serving(_as_tied(place, model), api))
    for route in served:
        where = name_of(route, api.name)
        if route.auth in {"none", "api key"} and not is_preflight(route):
            yield from _open(place, api, route, where)
        elif route.auth in _NOT_ASKED:
            who, why = _NOT_ASKED[route.auth]
            story = (
                f"{who} may call {where} for another's {place.name}: {why}, and the "
                "behavior of the code behind it is unknown"
            )
            yield route_finding(place, Status.UNDECIDED, who, story)
        else:
            yield from backend_findings(place, route, where)
            yield from object_findings(place, route, where, model)
        yield from route_function_findings(place, route, served, where, model)


def code_of_paths(places: Sequence[Place], model: Model) -> Iterator[tuple[Code, str]]:
    """Yield the code behind the routes that serve owned paths, with what it answers."""
    for place in places:
        api = model.holder(place.holder) if place.kind == Api.kind else None
        if not isinstance(api, Api):
            continue
        for route in serving(_as_tied(place, model), api):
            for code in code_of_route(route, model):
                yield code, f"{code.name}, which answers {name_of(route, api.name)} for {place.name}"


def owned_places(model: Model) -> tuple[Place, ...]:
    """Return every owned place, also the objects that routes with owned paths serve from buckets."""
    places = find_places(model)
    known = {(each.holder, each.text) for each in places}
    found = {(each.holder, each.text): each for _, each in objects_of_paths(places, model)}
    return (*places, *(each for key, each in found.items() if key not in known))


def objects_of_paths(places: Sequence[Place], model: Model) -> Iterator[tuple[ApiRoute, Place]]:
    """Yield the routes that serve owned paths from buckets, with the owned objects that they serve."""
    for place in places:
        api = model.holder(place.holder) if place.kind == Api.kind else None
        if isinstance(api, Api) and any(map(is_of_s3, api.routes)):
            for route in serving(_as_tied(place, model), api):
                found = objects_of(place, route, model)
                if found is not None:
                    yield route, found


def _open(place: Place, api: Api, route: ApiRoute, where: str) -> Iterator[Finding]:
    story = (
        f"anyone can call {where}, which serves {place.name}: the route requires no credentials, so that policies "
        "decide nothing there"
    )
    doubt = api.hidden or ("" if route.known else "the template does not determine its method and path")
    if doubt:
        yield route_finding(place, Status.UNDECIDED, ANYONE, f"{story} - if they come to it: {doubt}")
        return
    if not api.policy.statements and not api.policy.possible:
        yield route_finding(place, Status.COUNTEREXAMPLE, ANYONE, story)
        return
    # With a resource policy and no authorizer, the policy must allow a call.
    requested = loosened(f"{api.arn}/{call_of(route).replace('{+}', '*').replace('{}', '*')}")
    about = [
        each
        for each in api.policy.everything
        if applies_to_principal(each, "")
        and any(globs_meet(loosened(text), requested) for text in each.resources or ("*",))
    ]
    if not any(each.allow for each in about):
        return
    plain = all(not each.conditions and not each.doubt for each in about) and all(each.allow for each in about)
    status = Status.COUNTEREXAMPLE if plain else Status.UNDECIDED
    yield route_finding(place, status, ANYONE, story + ("" if plain else ", where the API's policy lets them"))


def _as_tied(place: Place, model: Model) -> Place:
    """Return a path ended as in the policies that tie it to its owner: an owner's ID at its end is a whole segment."""
    if not place.text.endswith("}*"):
        return place
    statements = (each for caller in model.callers for policy in caller.identity for each in policy.statements)
    starred = any(
        text.endswith("}*") and text.startswith(place.before) for each in statements for text in each.resources
    )
    return place if starred else replace(place, text=place.text.removesuffix("*"))


def serving(place: Place, api: Api) -> Iterator[ApiRoute]:
    """Yield the routes that receive some call of an owned path; each call goes to the most specific route."""
    glob = loosened(place.before + place.text)
    # Variables other than the owner's match any text.
    requested = place.elements(place.before, {}) or pattern(glob, {}) or ()
    # A path below another has at least one character of a further segment.
    requested = (*requested[:-1], *REST) if place.text.endswith("/*") else requested
    calls = [call(f"{api.arn}/{call_of(route)}") for route in api.routes]
    fitting = zip(api.routes, calls, meeting([requested], calls), strict=True)
    near = [(route, served) for route, served, fits in fitting if fits]
    for route, served in near:
        first = [other for each, other in near if each is not route and _takes_precedence(each, route)]
        if _gets_a_call(requested, served, first):
            yield route


def _gets_a_call(requested: Elements, served: Elements, first: list[Elements]) -> bool:
    try:
        found = vectors_among([requested, *first], [served])
    except TooManyStatesError:
        return True
    return any(vector[0] and not any(vector[1:]) for vector in found)


def _takes_precedence(one: ApiRoute, other: ApiRoute) -> bool:
    """Return whether a route gets the calls that match both: the first segment in which one is more specific decides.

    One whose method and path are not known gets none for certain, and loses none.
    """
    return one.known and other.known and _ranks(one) < _ranks(other)


def _ranks(route: ApiRoute) -> tuple[int, ...]:
    parts = route.path.strip("/").split("/")
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in parts]
    # A path that ends where the other has a greedy parameter is more specific.
    return (*kinds, 0 if route.method != "ANY" else 1)
