"""Routes of any API that pass another owner's path to the code behind a route."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.engine.language_intersection import vectors_among
from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import globs_meet, loosened, starred
from constructs_lib.analysis.iam.pattern_elements import ANYTHING, call, literal, pattern
from constructs_lib.analysis.iam.pattern_elements import caller as its_own
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.function_names import ANY_FUNCTION
from constructs_lib.analysis.model.kinds.api import INVOKE, Api
from constructs_lib.analysis.model.owned_places import owner_by
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE
from constructs_lib.analysis.model.routes import CONNECT, call_of, name_of
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import ANYONE, route_finding
from constructs_lib.analysis.proof.principal_rights import rights_of
from constructs_lib.analysis.proof.private_backends import backend_of
from constructs_lib.analysis.proof.route_backends import listener_of, lost_path, path_sent
from constructs_lib.analysis.proof.route_code import address_in, code_of_route, is_preflight
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.private_backends import Backend

_WITHOUT_IAM: Final = {
    "none": ANYONE, "api key": ANYONE, "jwt": "a signed-in user", "custom": "a caller that its own code authorizes",
    "unknown": "an unknown caller",
}  # fmt: skip
_ANOTHER: Final = "\ue0ff"
"""A character that no policy contains."""
_ANY: Final = "*"
"""The text of a place that every call is of."""
_PARAMETER: Final = re.compile(r"\{([^{}+]*)\+?\}")
_METHOD: Final = re.compile(r"^(?:[A-Z]+|\*)$")


def by_other_routes(
    place: Place, route: ApiRoute, served: Collection[ApiRoute], where: str, model: Model
) -> Iterator[Finding]:
    """Yield the routes of any API and method that pass another owner's path to the same code, and their callers."""
    own = path_of(place.text)
    sent, backend = path_sent(route, own), backend_of(route, model)
    for api in model.of(Api):
        for other in api.routes:
            same = other is not route and not is_preflight(other) and _is_same(other, route, backend, model)
            requested = _requested(place, other, own, sent) if same else None
            if requested is None:
                continue
            reported = name_of(other, api.name)
            if other.auth in _WITHOUT_IAM:
                who = _WITHOUT_IAM[other.auth]
                story = (
                    f"{who} can call {reported}, which hands another's path to the code behind {where}: what that does "
                    f"for {place.name} is not seen"
                )
                yield route_finding(place, Status.UNDECIDED, who, story)
            elif not any(other is each for each in served):
                # A client that may connect to a WebSocket API may send every message.
                sent_by = other if other.path else replace(other, method=CONNECT)
                yield from _by_policy(requested, sent_by, api, reported, model)


def _requested(place: Place, other: ApiRoute, own: str, sent: str) -> Place | None:
    """Return the calls of a route by which code may get the owned path of another; None for none of them.

    `own` is the owned path as a glob, without stage and method; `sent` is what the code behind it gets as its path.
    """
    called = re.sub(r"\{[^}]*\}", "*", other.path).strip("/")
    if not lost_path(other) and globs_meet(called, own):
        return place
    return replace(place, text=_ANY) if globs_meet(path_sent(other, called), sent) else _named_alike(place, other)


def _named_alike(place: Place, other: ApiRoute) -> Place | None:
    """Return other owners' calls of a route with a path parameter named like the tag of a place; None without one.

    A function may trust `{tenant}` at any position of the path, because IAM allows no caller to name another tenant
    there (`Caller.of`). Users are identified by their identity, not by a parameter.
    """
    owner = place.owner
    if owner is None or owner.placeholder == PERSON or owner.placeholder not in _PARAMETER.findall(other.path):
        return None
    own = f"${{{owner.key}}}"
    path = _PARAMETER.sub(lambda match: own if match.group(1) == owner.placeholder else EVERYTHING, other.path)
    return replace(place, text=f"*/*{path}")


def _by_policy(place: Place, other: ApiRoute, api: Api, where: str, model: Model) -> Iterator[Finding]:
    for caller in model.callers:
        for each in rights_of(caller, model):
            may_invoke = each.allow and applies_to_action(each, INVOKE)
            if may_invoke and any(
                _reaches(text, place, other, api, caller, model) for text in each.resources or ("*",)
            ):
                story = f"{caller} may call {where}, which runs the code that serves {place.name}, because of {each}"
                yield route_finding(place, Status.UNDECIDED, str(caller), story)
                break


def _reaches(text: str, place: Place, route: ApiRoute, api: Api, caller: Caller, model: Model) -> bool:
    """Return whether a statement's resource may match a call of a route with another owner's path of a place."""
    arn, *below = split_around_atoms(text, "/", 1)
    # A literal API of the templates matches only itself.
    spelt = bool(below) and any(arn == each.arn for each in model.of(Api))
    if spelt and arn != api.arn:
        return False
    owned_pattern = pattern(starred(below[0] if spelt else text), _values(text, caller))
    before = () if spelt else (ANYTHING, *literal("/"))
    calls = (*before, *call(call_of(route)))
    try:
        another = (ANYTHING,) if place.text == _ANY else (*before, *call("{}/{}/"), *_of_another(place))
        found = vectors_among([owned_pattern, another], [calls])
    except TooManyStatesError:
        return True
    return (True, True) in found


def _values(text: str, caller: Caller) -> dict[str, Elements | None]:
    """Return the values that variables may have: the caller's identity, none, or any text the caller chooses."""
    values: dict[str, Elements | None] = {}
    for match in VARIABLE.finditer(text):
        key, owner = match.group(1).lower(), owner_by(match.group(1).lower(), caller)
        if owner is not None and not owner.forged:
            # A value of variable length may start with another owner's value.
            apart = not owner.form.alphabet or text[match.end() : match.end() + 1] in {"", "/"}
            values[key] = its_own(owner.form.mark, 1) if apart and values.get(key) != (ANYTHING,) else (ANYTHING,)
        else:
            values[key] = None if _is_absent(key, caller) else (ANYTHING,)
    return values


def _is_absent(key: str, caller: Caller) -> bool:
    """Return whether a caller's sessions lack a principal tag."""
    name = key.removeprefix(PRINCIPAL_TAG)
    known = caller.signed_in and caller.pool.known and key.startswith(PRINCIPAL_TAG)
    return known and name not in caller.tags and name not in caller.role.tags and not caller.role.tags_doubt


def _of_another(place: Place) -> Elements:
    """Return another owner's paths of a place, without stage and method."""
    start = place.text.rfind("${")
    if place.owner is None or start < 0:
        return (ANYTHING,)
    path = path_of(place.text[:start] + VARIABLE.sub(_ANOTHER, place.text[start:]))
    text = path.replace(_ANOTHER, f"${{{place.owner.key}}}")
    return pattern(text, {place.owner.key: place.owner.form.texts}) or (ANYTHING,)


def _is_same(other: ApiRoute, route: ApiRoute, backend: Backend, model: Model) -> bool:
    """Return whether two routes pass their calls to the same code: a function, an address, or what is behind one."""
    mine, theirs = str(dict(route.integration)), str(dict(other.integration))
    codes, others = list(code_of_route(route, model)), list(code_of_route(other, model))
    if any(each.named.may_be_in(theirs) for each in codes):
        return True
    if codes and others and any(each.named is ANY_FUNCTION for each in (*codes, *others)):
        return True
    if any(each.is_named_in(theirs) for each in (*backend.ways.values(), *backend.fronts.values())):
        return True
    address = address_in(mine) or listener_of(route)
    return bool(address) and address in {address_in(theirs), listener_of(other)}


def path_of(text: str) -> str:
    """Return the path of an owned place's text, without stage and method, as a glob."""
    parts = loosened(text).split("/")[1:]
    return "/".join(parts[1:] if parts and _METHOD.match(parts[0]) else parts)
