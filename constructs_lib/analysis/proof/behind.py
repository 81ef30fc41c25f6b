"""Who else makes the code behind a route that serves an owned path act: with an event in which they write who calls.

IAM holds callers to their own path at the route, and nowhere else. Sources: "Using resource-based policies for Lambda",
"Creating and managing Lambda function URLs" (AWS Lambda developer guide), "The confused deputy problem" (IAM user
guide).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.layers import speaks_of_action
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, loosened, normalise_arn
from constructs_lib.analysis.model.kinds.api import INVOKE, Api
from constructs_lib.analysis.model.routes import call_of
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.template.intrinsics import ACCOUNT, REGION, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.model.routes import ApiRoute

ANYONE: Final = "anyone on the internet"
_INVOKES: Final = ("lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl")
_FUNCTION_PARTS: Final = 7
"""How many parts a function's ARN has without version or alias."""
_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[^:/]*:[^:/]*:function:(?:⟦[^⟧]*⟧|[A-Za-z0-9_-])+")
_OWN: Final = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})
_WITHOUT_IAM: Final = {
    "none": ANYONE, "api key": ANYONE, "jwt": "a signed-in user", "custom": "whoever code of its own lets in",
    "unknown": "somebody",
}  # fmt: skip
_METHOD: Final = re.compile(r"^(?:[A-Z]+|\*)$")
_NAME: Final = "AWS::Lambda::"
_PASSED_ON: Final = ("cloudfront.", "edgelambda.", "elasticloadbalancing.", "vpc-lattice.", "iot.", "lex", "alexa-")
"""Services that hand on requests of whoever asks them, whatever resource of the account they act for."""
_HANDS_ON: Final = {
    "AWS::AppSync::DataSource": "who may ask its GraphQL API is not followed",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "a load balancer asks for no credentials of its own",
    "AWS::VpcLattice::TargetGroup": "who may call its services is not followed",
}
"""What hands requests to a function whose path or arguments the client writes."""
_STARTED: Final = {
    "AWS::Events::Rule": ("events:PutEvents",),
    "AWS::StepFunctions::StateMachine": ("states:StartExecution", "states:StartSyncExecution"),
}
"""What runs a function with an event that its starter may write, and the actions that start it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Code:
    """The code behind a route.

    Args:
        name: Its name, for people.
        arn: Its ARN; with a star where its name is not known.
        named: What finds it in a text that names it.
    """

    name: str
    arn: str
    named: re.Pattern[str]


def behind(place: Place, route: ApiRoute, where: str, model: Model) -> Iterator[Finding]:
    """Yield who makes the code behind a route act otherwise than by that route.

    Args:
        place: The owned path.
        route: A route that serves it.
        where: The route, for people.
        model: The model.
    """
    for code in _code(route, model):
        what = f"{code.name}, which answers {where} for {place.name}"
        yield from _called_directly(place, code, what, model)
        yield from _let_in(place, code, what, model)
        yield from _started(place, code, what, model)
    yield from _by_other_routes(place, route, where, model)


def _code(route: ApiRoute, model: Model) -> Iterator[_Code]:
    """Yield the functions that a route names: those of the templates, and those that no template has."""
    said = str(dict(route.integration))
    found = [each for each in model.functions if each.named.search(said)]
    yield from (_Code(name=each.name, arn=each.arn, named=each.named) for each in found)
    for text in dict.fromkeys(_FUNCTION.findall(said)):
        if not any(each.named.search(text) for each in found):
            arn = normalise_arn(text)
            name = arn.rpartition(":")[2]
            yield _Code(
                name=name,
                arn=loosened(arn) if is_unknown(arn) else arn,
                named=re.compile(re.escape(name) + r"(?![\w-])"),
            )
    if "stageVariables" in said:
        yield _Code(
            name="a function that a stage names", arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*",
            named=re.compile(r"(?!)"),
        )  # fmt: skip


def _called_directly(place: Place, code: _Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield the callers who may invoke it with an event of their own making."""
    for caller in model.callers:
        found = next((each for each in _rights(caller) if _invokes(each, code.arn)), None)
        if found is not None:
            story = (
                f"{caller} may invoke {what}, by itself: who calls the event says, and the caller writes it, because "
                f"of {found}"
            )
            yield told(place, Status.UNDECIDED, str(caller), story)


def _rights(caller: Caller) -> Iterator[Statement]:
    return (each for policy in caller.identity for each in (*policy.statements, *policy.possible))


def _invokes(statement: Statement, function: str) -> bool:
    if not statement.allow or not any(speaks_of_action(statement, action) for action in _INVOKES):
        return False
    # A version or alias is the function's, too.
    named = (":".join(split_around_atoms(text, ":")[:_FUNCTION_PARTS]) for text in statement.resources)
    return not statement.resources or any(globs_meet(loosened(text), function) for text in named)


def _let_in(place: Place, code: _Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield whom permissions and function URLs let in besides the API."""
    for resource in model.resources:
        if not resource.type.startswith(_NAME) or not code.named.search(_target(resource)):
            continue
        if resource.type == "AWS::Lambda::Url" and resource.get("AuthType") != "AWS_IAM":
            who = ANYONE if resource.get("AuthType") == "NONE" else "somebody"
            story = f"{who} may call {what}, by its own URL ({resource.name}): what it does there is not seen"
            yield told(place, Status.UNDECIDED, who, story)
        elif resource.type == "AWS::Lambda::ResourcePolicy":
            story = f"whom {resource.name} lets run {what}, is not followed"
            yield told(place, Status.UNDECIDED, "somebody", story)
        elif resource.type == "AWS::Lambda::Permission":
            yield from _by_permission(place, resource, what, model)


def _target(resource: Resource) -> str:
    return f"{resource.get('FunctionName') or resource.get('TargetFunctionArn') or resource.get('FunctionArn')}"


def _by_permission(place: Place, permission: Resource, what: str, model: Model) -> Iterator[Finding]:
    principal = normalise_arn(str(permission.get("Principal")))
    by = f"because of {permission.name}"
    asked = {caller.principal: str(caller) for caller in model.callers}
    sources = [permission.get(name) for name in ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")]
    if principal == "*":
        pinned = any(each is not None for each in sources) or permission.get("FunctionUrlAuthType") is not None
        status = Status.UNDECIDED if pinned else Status.COUNTEREXAMPLE
        story = f"anyone may invoke {what}, with an event of their own making, {by}"
        yield told(place, status, ANYONE, story)
    elif principal in asked:
        story = f"{asked[principal]} may invoke {what}, with an event of their own making, {by}"
        yield told(place, Status.UNDECIDED, asked[principal], story)
    elif principal in _OWN or principal in model.roles:
        # The account's own roles are asked for their rights, and other roles are the team's.
        return
    elif "." not in principal or principal.startswith("arn:"):
        story = f"{principal} may invoke {what}, with an event of their own making: who that is no template says, {by}"
        yield told(place, Status.UNDECIDED, principal, story)
    elif principal.startswith(_PASSED_ON):
        story = f"{principal} may run {what}, with requests of whoever asks it: who that is is not followed, {by}"
        yield told(place, Status.UNDECIDED, principal, story)
    elif principal.startswith("apigateway.") and _is_of_elsewhere(permission, model):
        story = f"an API that no template has may run {what}: what it asks of callers is not seen, {by}"
        yield told(place, Status.UNDECIDED, "somebody", story)
    elif not _is_pinned(permission):
        any_api = principal.startswith("apigateway.")
        story = (
            f"an API of any account may run {what}, with an event that whoever made the API writes: the permission has "
            f"no SourceArn of this account's API, {by}"
            if any_api
            else f"the service {principal} may run {what}, for another account: the permission has no SourceArn or "
            f"SourceAccount of this account, {by}"
        )
        sure = any_api and not any(is_unknown(str(each)) for each in sources)
        yield told(place, Status.COUNTEREXAMPLE if sure else Status.UNDECIDED, ANYONE if any_api else principal, story)


def _is_of_elsewhere(permission: Resource, model: Model) -> bool:
    """Whether a permission is for one API of this account, spelt out, that is none of the templates'."""
    parts = split_around_atoms(normalise_arn(str(permission.get("SourceArn") or "")), ":", 5)
    name = split_around_atoms(parts[5], "/", 1)[0] if len(parts) > _FUNCTION_PARTS - 2 else ""
    spelt = bool(name) and set("*?").isdisjoint(name) and parts[4] == ACCOUNT
    return spelt and not any(api.arn.endswith(f":{name}") for api in model.of(Api))


def _is_pinned(permission: Resource) -> bool:
    """Whether a service may run a function on behalf of this account alone."""
    if permission.get("SourceAccount") == ACCOUNT:
        return True
    parts = split_around_atoms(normalise_arn(str(permission.get("SourceArn") or "")), ":", 5)
    if len(parts) <= _FUNCTION_PARTS - 2:
        # The ARN of a resource of the templates is one made-up name where its format is not known.
        text = parts[0]
        return text.startswith("⟦") and not is_unknown(text) and set("*?").isdisjoint(text)
    # Names of buckets are one account's in the whole world.
    return parts[4] == ACCOUNT or (parts[2] == "s3" and set("*?").isdisjoint(parts[5]) and not is_unknown(parts[5]))


def _started(place: Place, code: _Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield what hands it requests or events that somebody outside writes."""
    for resource in model.resources:
        if resource.type not in {*_HANDS_ON, *_STARTED} or not code.named.search(str(dict(resource.properties))):
            continue
        if resource.type in _HANDS_ON:
            story = f"{resource.name} ({resource.type}) hands requests to {what}: {_HANDS_ON[resource.type]}"
            yield told(place, Status.UNDECIDED, "somebody", story)
            continue
        for caller in model.callers:
            found = next((each for each in _rights(caller) if _starts(each, _STARTED[resource.type])), None)
            if found is not None:
                story = (
                    f"{caller} may start {resource.name}, which runs {what}: the caller may write the event, because "
                    f"of {found}"
                )
                yield told(place, Status.UNDECIDED, str(caller), story)


def _starts(statement: Statement, actions: tuple[str, ...]) -> bool:
    return statement.allow and any(speaks_of_action(statement, action) for action in actions)


def _by_other_routes(place: Place, route: ApiRoute, where: str, model: Model) -> Iterator[Finding]:
    """Yield the routes of whatever API and method that hand an owner's path to the same code, and do not ask IAM."""
    own = _path(place)
    for api in model.of(Api):
        for other in api.routes:
            same = other is not route and not is_preflight(other) and _is_same(other, route, model)
            if not same or not globs_meet(_as_glob(other), own):
                continue
            told_of = f"{other.method} {other.path} of {api.name}".replace("  ", " ")
            if other.auth in _WITHOUT_IAM:
                who = _WITHOUT_IAM[other.auth]
                story = (
                    f"{who} can call {told_of}, which hands another's path to the code behind {where}: what that does "
                    f"for {place.name} is not seen"
                )
                yield told(place, Status.UNDECIDED, who, story)
            elif api.arn != place.holder:
                yield from _by_another_api(place, other, api, told_of, model)


def _by_another_api(place: Place, other: ApiRoute, api: Api, where: str, model: Model) -> Iterator[Finding]:
    call = loosened(f"{api.arn}/{call_of(other)}").replace("{+}", "*").replace("{}", "*")
    for caller in model.callers:
        for each in _rights(caller):
            free = [text for text in each.resources or ("*",) if "${" not in text]
            if each.allow and speaks_of_action(each, INVOKE) and any(globs_meet(loosened(text), call) for text in free):
                story = f"{caller} may call {where}, which runs the code that serves {place.name}, because of {each}"
                yield told(place, Status.UNDECIDED, str(caller), story)
                break


def _is_same(other: ApiRoute, route: ApiRoute, model: Model) -> bool:
    """Whether two routes hand their calls to the same code: a function, or an address."""
    mine, theirs = str(dict(route.integration)), str(dict(other.integration))
    if any(each.named.search(theirs) for each in _code(route, model)):
        return True
    address = _address(mine)
    return bool(address) and address == _address(theirs)


def _address(said: str) -> str:
    match = re.search(r"https?://[^/'\"]+", said)
    return match.group() if match else ""


def _path(place: Place) -> str:
    """Return the path of an owned place, without stage and method, as a glob."""
    parts = loosened(place.text).split("/")[1:]
    return "/".join(parts[1:] if parts and _METHOD.match(parts[0]) else parts)


def _as_glob(route: ApiRoute) -> str:
    return re.sub(r"\{[^}]*\}", "*", route.path).strip("/")


def is_preflight(route: ApiRoute) -> bool:
    """Whether API Gateway answers a route itself: browsers ask by OPTIONS before a call, without credentials."""
    said = str(route.integration.get("type") or route.integration.get("Type")).upper()
    return route.method == "OPTIONS" and said == "MOCK"


def told(place: Place, status: Status, who: str, story: str) -> Finding:
    """Return a finding about an owned path."""
    return Finding(
        question=Question.INTERNET if who == ANYONE else Question.OTHERS_DATA,
        status=status,
        caller=who,
        subject=place.name,
        engines=("evaluation",),
        story=story,
    )


__all__ = ["ANYONE", "behind", "is_preflight", "told"]
