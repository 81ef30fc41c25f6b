"""Other principals who can invoke the function behind a route with an owned path, with an event that they forge.

IAM limits callers to their own path at the route only. Sources: "Using resource-based policies for Lambda",
"Creating and managing Lambda function URLs" (AWS Lambda developer guide), "The confused deputy problem" (IAM user
guide).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.engine.language_intersection import vectors_among
from constructs_lib.analysis.engine.policy_layers import speaks_of_action
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, loosened, normalise_arn, starred
from constructs_lib.analysis.iam.pattern_elements import ANYTHING, call, literal, pattern
from constructs_lib.analysis.iam.pattern_elements import caller as its_own
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.kinds.api import INVOKE, Api
from constructs_lib.analysis.model.owned_places import owner_by
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.model.routes import call_of
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import ANYONE, FUNCTION_PARTS, Code, let_in, told
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding

_INVOKES: Final = ("lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl")
_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[^:/]*:[^:/]*:function:(?:⟦[^⟧]*⟧|[A-Za-z0-9_-])+")
_WITHOUT_IAM: Final = {
    "none": ANYONE, "api key": ANYONE, "jwt": "a signed-in user", "custom": "a caller that its own code authorizes",
    "unknown": "an unknown caller",
}  # fmt: skip
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_UNCACHED: Final = "4135ea2d-6df8-44a3-9df3-5a84be39f5ad"
"""The managed cache policy CachingDisabled ("Use managed cache policies", Amazon CloudFront developer guide)."""
_ANOTHER: Final = "\ue0ff"
"""A character that no policy contains."""
_PARAMETER: Final = re.compile(r"\{([^{}+]*)\+?\}")
_METHOD: Final = re.compile(r"^(?:[A-Z]+|\*)$")
_HANDS_ON: Final = {
    "AWS::AppSync::DataSource": "who may ask its GraphQL API is not followed",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "a load balancer itself requires no credentials",
    "AWS::Pipes::Pipe": "who writes to its source, and what it makes of that, is not followed",
    "AWS::VpcLattice::TargetGroup": "who may call its services is not followed",
}
"""Resources that pass requests to a function with a path or arguments that the client writes."""
_STARTED: Final = {
    "AWS::Events::Rule": ("events:PutEvents",),
    "AWS::IoT::TopicRule": ("iot:Publish",),
    "AWS::StepFunctions::StateMachine": ("states:StartExecution", "states:StartSyncExecution"),
}
"""Resources that run a function with an event that their starter may write, and the actions that start them."""


def behind(place: Place, route: ApiRoute, served: Collection[ApiRoute], where: str, model: Model) -> Iterator[Finding]:
    """Yield the ways to run the code behind a route other than by that route.

    Args:
        place: The owned path.
        route: A route that serves it.
        served: All routes that serve it: policies are checked for these.
        where: The name of the route in reports.
        model: The model.
    """
    for code in _code(route, model):
        what = f"{code.name}, which answers {where} for {place.name}"
        yield from called_directly(place, code, what, model)
        yield from let_in(place, code, what, model)
        yield from _started(place, code, what, model)
    yield from _by_other_routes(place, route, served, where, model)
    yield from _by_address(place, route, where)
    yield from _by_cache(place, where, model)


def _by_address(place: Place, route: ApiRoute, where: str) -> Iterator[Finding]:
    """Yield that the address behind a route answers any client that knows it, unless it is in the team's network."""
    said = {str(key).lower(): value for key, value in route.integration.items()}
    address = _address(str(dict(route.integration)))
    if address and str(said.get("connectiontype", "")).upper() != "VPC_LINK":
        story = (
            f"any client with the address {address}, which serves {where} for {place.name}, may call it directly: "
            "no template determines its authorization"
        )
        yield told(place, Status.UNDECIDED, "an unknown caller", story)


def _by_cache(place: Place, where: str, model: Model) -> Iterator[Finding]:
    """Yield the distributions in front of an API that may cache a response and serve it to another caller."""
    name = place.holder.rpartition(":")[2]
    for resource in model.resources:
        config = resource.get("DistributionConfig") if resource.type == _DISTRIBUTION else None
        if name in str(config) and not (isinstance(config, Mapping) and _keeps_nothing(config)):
            story = (
                f"{resource.name} may cache a response of {where} for {place.name} and serve it to the next caller: a "
                "cache behavior has another CachePolicyId than CachingDisabled"
            )
            yield told(place, Status.UNDECIDED, ANYONE, story)


def _keeps_nothing(config: Mapping[str, Any]) -> bool:
    behaviors = [config.get("DefaultCacheBehavior"), *as_list(config.get("CacheBehaviors"))]
    return all(isinstance(each, Mapping) and each.get("CachePolicyId") == _UNCACHED for each in behaviors)


def _code(route: ApiRoute, model: Model) -> Iterator[Code]:
    """Yield the functions that a route names, including functions that no template has."""
    said = str(dict(route.integration))
    found = [each for each in model.functions if each.named.search(said)]
    yield from (Code(name=each.name, arn=each.arn, named=each.named) for each in found)
    for text in dict.fromkeys(_FUNCTION.findall(said)):
        if not any(each.named.search(text) for each in found):
            arn = normalise_arn(text)
            name = arn.rpartition(":")[2]
            yield Code(
                name=name,
                arn=loosened(arn) if is_unknown(arn) else arn,
                named=re.compile(re.escape(name) + r"(?![\w-])"),
            )
    if "stageVariables" in said or (not found and not _FUNCTION.search(said) and _is_unsaid(route.integration)):
        yield Code(
            name="a function that a stage or the deploy names", arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*",
            named=re.compile(r"(?!)"),
        )  # fmt: skip


def _is_unsaid(integration: Mapping[str, Any]) -> bool:
    """Whether an integration may be with a function whose address the template does not show."""
    said = {str(key).lower().removeprefix("integration"): value for key, value in integration.items()}
    kind, address = str(said.get("type", "aws_proxy")), str(said.get("uri", ""))
    return (is_unknown(kind) or kind.lower() in {"aws", "aws_proxy"}) and is_unknown(address)


def called_directly(place: Place, code: Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield the callers who may invoke the function with a forged event."""
    functions = {each.arn for each in model.functions}
    # A function that no template has may be any function, also one of the templates.
    others = functions - {code.arn} if code.arn in functions else frozenset[str]()
    for caller in model.callers:
        found = next((each for each in rights_of(caller) if _invokes(each, code.arn, others)), None)
        if found is not None:
            story = (
                f"{caller} may invoke {what}, by itself: who calls the event says, and the caller writes it, because "
                f"of {found}"
            )
            yield told(place, Status.UNDECIDED, str(caller), story)


def rights_of(caller: Caller) -> Iterator[Statement]:
    """Yield the statements that a caller's policies have, or may have."""
    return (each for policy in caller.identity for each in (*policy.statements, *policy.possible))


def _invokes(statement: Statement, function: str, others: Collection[str]) -> bool:
    """Whether a statement may allow invoking a function; one that names another function of the templates does not."""
    if not statement.allow or not any(speaks_of_action(statement, action) for action in _INVOKES):
        return False
    # A version or alias runs the function's code, too.
    named = (":".join(split_around_atoms(text, ":")[:FUNCTION_PARTS]) for text in statement.resources)
    return not statement.resources or any(text not in others and globs_meet(loosened(text), function) for text in named)


def _started(place: Place, code: Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield the resources that pass externally written requests or events to the function."""
    for resource in model.resources:
        if resource.type not in {*_HANDS_ON, *_STARTED} or not code.named.search(str(dict(resource.properties))):
            continue
        if resource.type in _HANDS_ON:
            story = f"{resource.name} ({resource.type}) hands requests to {what}: {_HANDS_ON[resource.type]}"
            yield told(place, Status.UNDECIDED, "an unknown caller", story)
            continue
        for caller in model.callers:
            found = next((each for each in rights_of(caller) if _starts(each, _STARTED[resource.type])), None)
            if found is not None:
                story = (
                    f"{caller} may start {resource.name}, which runs {what}: the caller may write the event, because "
                    f"of {found}"
                )
                yield told(place, Status.UNDECIDED, str(caller), story)


def _starts(statement: Statement, actions: tuple[str, ...]) -> bool:
    return statement.allow and any(speaks_of_action(statement, action) for action in actions)


def _by_other_routes(
    place: Place, route: ApiRoute, served: Collection[ApiRoute], where: str, model: Model
) -> Iterator[Finding]:
    """Yield the routes of any API and method that pass another owner's path to the same code, and their callers."""
    own = _path(place.text)
    for api in model.of(Api):
        for other in api.routes:
            same = other is not route and not is_preflight(other) and _is_same(other, route, model)
            asked = place if globs_meet(_as_glob(other), own) else _named_alike(place, other)
            if not same or asked is None:
                continue
            told_of = f"{other.method} {other.path} of {api.name}".replace("  ", " ")
            if other.auth in _WITHOUT_IAM:
                who = _WITHOUT_IAM[other.auth]
                story = (
                    f"{who} can call {told_of}, which hands another's path to the code behind {where}: what that does "
                    f"for {place.name} is not seen"
                )
                yield told(place, Status.UNDECIDED, who, story)
            elif not any(other is each for each in served):
                yield from _by_policy(asked, other, api, told_of, model)


def _named_alike(place: Place, other: ApiRoute) -> Place | None:
    """Return other owners' calls of a route with a parameter named like the tag that a place is tied to.

    Code reads the caller's tenant from `{tenant}`, at any position of the path: IAM lets no caller name another tenant
    there (`Caller.of`). None if the route has no such parameter. Users are known by their identity, not by a parameter.
    """
    owner = place.owner
    if owner is None or owner.placeholder == PERSON or owner.placeholder not in _PARAMETER.findall(other.path):
        return None
    own = f"${{{owner.key}}}"
    path = _PARAMETER.sub(lambda match: own if match.group(1) == owner.placeholder else EVERYTHING, other.path)
    return replace(place, text=f"*/*{path}")


def _by_policy(place: Place, other: ApiRoute, api: Api, where: str, model: Model) -> Iterator[Finding]:
    for caller in model.callers:
        for each in rights_of(caller):
            asked = each.allow and speaks_of_action(each, INVOKE)
            if asked and any(_reaches(text, place, other, api, caller, model) for text in each.resources or ("*",)):
                story = f"{caller} may call {where}, which runs the code that serves {place.name}, because of {each}"
                yield told(place, Status.UNDECIDED, str(caller), story)
                break


def _reaches(text: str, place: Place, route: ApiRoute, api: Api, caller: Caller, model: Model) -> bool:
    """Whether a statement's resource may match a call of a route with another owner's path of a place."""
    arn, *below = split_around_atoms(text, "/", 1)
    # A literal API of the templates matches only itself.
    spelt = bool(below) and any(arn == each.arn for each in model.of(Api))
    if spelt and arn != api.arn:
        return False
    said = pattern(starred(below[0] if spelt else text), _values(text, caller))
    before = () if spelt else (ANYTHING, *literal("/"))
    calls = (*before, *call(call_of(route)))
    try:
        found = vectors_among([said, (*before, *call("{}/{}/"), *_of_another(place))], [calls])
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
    """Whether a caller's sessions lack a principal tag."""
    name = key.removeprefix(PRINCIPAL_TAG)
    known = caller.signed_in and caller.pool.known and key.startswith(PRINCIPAL_TAG)
    return known and name not in caller.tags and name not in caller.role.tags


def _of_another(place: Place) -> Elements:
    """Return another owner's paths of a place, without stage and method."""
    start = place.text.rfind("${")
    if place.owner is None or start < 0:
        return (ANYTHING,)
    path = _path(place.text[:start] + VARIABLE.sub(_ANOTHER, place.text[start:]))
    said = path.replace(_ANOTHER, f"${{{place.owner.key}}}")
    return pattern(said, {place.owner.key: place.owner.form.texts}) or (ANYTHING,)


def _is_same(other: ApiRoute, route: ApiRoute, model: Model) -> bool:
    """Whether two routes pass their calls to the same code: a function, or an address."""
    mine, theirs = str(dict(route.integration)), str(dict(other.integration))
    if any(each.named.search(theirs) for each in _code(route, model)):
        return True
    address = _address(mine)
    return bool(address) and address == _address(theirs)


def _address(said: str) -> str:
    match = re.search(r"https?://[^/'\"]+", said)
    return match.group() if match else ""


def _path(text: str) -> str:
    """Return the path of an owned place's text, without stage and method, as a glob."""
    parts = loosened(text).split("/")[1:]
    return "/".join(parts[1:] if parts and _METHOD.match(parts[0]) else parts)


def _as_glob(route: ApiRoute) -> str:
    return re.sub(r"\{[^}]*\}", "*", route.path).strip("/")


def is_preflight(route: ApiRoute) -> bool:
    """Whether API Gateway answers a route itself: browsers ask by OPTIONS before a call, without credentials."""
    said = str(route.integration.get("type") or route.integration.get("Type")).upper()
    return route.method == "OPTIONS" and said == "MOCK"


__all__ = ["behind", "called_directly", "is_preflight", "rights_of"]
