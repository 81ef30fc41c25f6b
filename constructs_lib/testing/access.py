"""`assert_access`: an assertion about the actions that a caller can and cannot perform."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from constructs_lib.analysis.engine.policy_layers import Layers, layers_of
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.ordinary_requests import OrdinaryRequests
from constructs_lib.analysis.iam.parsing import is_of_unlisted
from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.display_names import in_words
from constructs_lib.analysis.matrix.endpoints import Endpoint, endpoints, unseen_grants
from constructs_lib.analysis.matrix.reachable_parts import Answers, Cell, answers_at
from constructs_lib.analysis.model.callers import Caller, CallerKind
from constructs_lib.analysis.model.holder import Holder
from constructs_lib.analysis.model.model import Model, all_callers
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.report.printable import printable
from constructs_lib.argument_checks import checked
from constructs_lib.testing.access_assertions import Claim, lacking
from constructs_lib.testing.models import models_of
from constructs_lib.testing.templates import TemplateLike

_ORDINARY: Final[Mapping[str, str]] = MappingProxyType({})
_OF_THE_CALLER: Final = frozenset(
    {"aws:principalarn", "aws:userid", "cognito-identity.amazonaws.com:aud", "cognito-identity.amazonaws.com:sub"}
)
"""Keys with the identity of the caller, who has no other one; so is each of their tags."""
_TAG_OF_THE_CALLER: Final = "aws:principaltag/"


@checked
def assert_access(
    template: TemplateLike,
    who: str,
    can: Iterable[str] = (),
    cannot: Iterable[str] = (),
    context: Mapping[str, str] = _ORDINARY,
) -> None:
    """Fail unless a caller can do everything in `can` and nothing in `cannot`.

    A claim is `VERB RESOURCE PLACE`: `get Documents public/*`, `list Documents private/{owner}/*` (the caller's own),
    `get Documents private/{other}/*` (another user's), `write Notes {owner}` (the caller's own rows),
    `call Api GET /shares`, `call Thumbnails invoke` (the function itself), `call Thumbnails URL live` (its alias by its
    URL). `{tenant}` is the caller's own tenant and `{other_tenant}` is another; placeholders of other claims follow the
    same pattern: `get Files tenants/{other_tenant}/shared/*`, `call Api GET /tenants/{other_tenant}/projects`.
    A verb is a verb of the access language, `call`, or an IAM action such as `dynamodb:Scan`.

    A claim in `can` holds if every request for the place is allowed with the verb's main action; to call a function,
    with every action that the call needs. Their requests are ordinary ones: sent now, over TLS, directly, without MFA,
    by any address, and not from a VPC unless a function sends them; `context` states what else they have. A claim in
    `cannot` holds if no request for any part of the place is allowed with an action of the verb or with one that has
    the same effect (a Scan returns what get and list return); to call a function, with the first action that the call
    needs. A request that the analysis cannot decide fails both, and so does a part of the templates that is not known
    and may allow what is in `cannot`. A route that does not use IAM is decided by its authorizer alone: `jwt()` lets
    signed-in users in, `anyone` and an API key let everyone in. The code of a Lambda authorizer is not analyzed, so a
    claim about such a route fails in both lists, as does one about a route whose authorizer is not known: test it
    against the deployed API.

    Args:
        template: A parsed template, the path of one (JSON, YAML or a `cdk.out` folder), or
            `aws_cdk.assertions.Template`.
        who: The caller: `guest`, `authenticated`, `group:NAME`, `internet` or `function:NAME`. `authenticated without
            tenant` is a user whose token lacks the claim.
        can: The claims that must be allowed, each as `VERB RESOURCE PLACE`. Default: no claims.
        cannot: The claims that must be refused, in the same form. Default: no claims.
        context: Condition keys of the requests of `can`, such as `{"aws:SourceIp": "192.0.2.1"}`. Default: those of an
            ordinary request alone.

    Raises:
        AssertionError: If a claim does not hold. The message has a line for each, with a request that shows it and the
            statement that decides it.
        ValueError: If a claim or a caller does not exist in this template, or the context has a key of the caller. The
            message lists those that do.
    """
    allowed, forbidden = [Claim.parse(text) for text in can], [Claim.parse(text) for text in cannot]
    if not allowed and not forbidden:
        raise ValueError(f"assert_access for {who!r} has no claims; add can=[...], cannot=[...] or both")
    given = {key.lower(): value for key, value in context.items()}
    for key in context:
        if key.lower() in _OF_THE_CALLER or key.lower().startswith(_TAG_OF_THE_CALLER):
            raise ValueError(f"context[{key!r}] is set by the caller's session; remove it, and name the caller")
    problems: dict[str, None] = {}
    for model in models_of(template):
        everyone = all_callers(model)
        if who not in everyone:
            raise ValueError(f"{who!r} is not a caller in the template; use one of {', '.join(everyone)}")
        under = in_words(model.assumed)
        for claim, holds in (*((claim, True) for claim in allowed), *((claim, False) for claim in forbidden)):
            for problem in _problems(claim, everyone[who], model, list(everyone.values()), given if holds else None):
                problems["  " + printable(problem + (f" (when {under})" if under else ""))] = None
    if problems:
        raise AssertionError("\n".join([f"the template does not keep what is said about {who!r}:", *problems]))


def _problems(
    claim: Claim, who: Caller, model: Model, everyone: list[Caller], given: Mapping[str, str] | None
) -> Iterator[str]:
    """Yield why a claim does not hold; one that must be allowed has the given condition keys."""
    holds = given is not None
    holder = claim.holder(model)
    actions = claim.actions(holder, forbidden=not holds)
    region = claim.region(holder, everyone)
    word = "can" if holds else "cannot"
    if found := [
        endpoint for endpoint in endpoints(model) if (endpoint.arn, endpoint.where) == (holder.arn, claim.where)
    ]:
        if problem := _at_endpoints(found, who, holds=holds):
            yield f"{word} {claim.text}: {problem}"
        return
    if missing := lacking(region, who):
        if holds:
            yield f"can {claim.text}: but {who} has no {missing}"
        return
    layers = layers_of(who, who.policy_of(holder))

    def read(layers: Layers) -> list[Answers]:
        return [
            each
            for each in answers_at([layers], who, holder, [region, whole(holder)])
            if set(each.actions) & {*actions, *unlisted} and claim.is_about(each, holder, forbidden=not holds)
        ]

    unlisted: tuple[str, ...] = ()
    ordinary = OrdinaryRequests(given or {}, in_vpc=who.kind is CallerKind.FUNCTION)
    asked = _each_list(layers, ordinary.of) if holds else layers
    for problem in _decided_problems(read(asked), actions, who, holder, ordinary if holds else None):
        yield f"{word} {claim.text}: {problem}{_beyond(layers, ordinary, actions) if holds else ''}"
    if not holds:
        doubts = layers.doubts()
        # An action that the data does not have may do what any other does.
        unlisted = tuple(action for each in layers.possible if is_of_unlisted(each) for action in each.actions)
        reached = any(cell.allowed(0) for each in (read(layers.at_worst()) if doubts else ()) for cell in _cells(each))
        for unknown in (*(doubts if reached else ()), *unseen_grants(model, holder)):
            yield f"{word} {claim.text}: not decided ({readable(unknown)})"


def _each_list(layers: Layers, read: Callable[[Sequence[Statement]], tuple[Statement, ...]]) -> Layers:
    return replace(
        layers,
        identity=read(layers.identity),
        resource=read(layers.resource),
        limits=tuple(map(read, layers.limits)),
        unbound=read(layers.unbound),
    )


def _beyond(layers: Layers, ordinary: OrdinaryRequests, actions: Sequence[str]) -> str:
    """Return the conditions on more than an ordinary request, for the actions of a claim; empty for none."""
    statements = {each: None for action in actions for each in layers.for_action(action).all()}
    found = dict.fromkeys(f"{each} if {condition}" for each in statements for condition in ordinary.unmet(each))
    said = readable("; ".join(found))
    return f"; an ordinary request does not meet {said}: give context={{...}}" if found else ""


def _decided_problems(
    answers: Sequence[Answers], actions: Sequence[str], who: Caller, holder: Holder, ordinary: OrdinaryRequests | None
) -> Iterator[str]:
    """Yield why a claim does not hold by the known policies; one that must be allowed is about ordinary requests."""
    holds = ordinary is not None
    for needed in actions if holds else ():
        if not any(needed in each.actions and not each.sub for each in answers):
            yield f"but no statement allows {needed}"
    for each in answers:
        action = next(action for action in actions if action in each.actions)
        if each.undecided:
            yield f"not decided for {action} ({each.undecided})"
        elif not (holds and each.sub):  # an assertion cannot name an index or a stream
            yield from (f"but {text}" for text in _wrong(each, action, who, holder, ordinary))


def _at_endpoints(found: Sequence[Endpoint], who: Caller, *, holds: bool) -> str:
    """Return why a claim about a route that does not use IAM does not hold; empty if it does."""
    if any(endpoint.open or (endpoint.with_token and who.signed_in) for endpoint in found):
        return "" if holds else "but the route lets everybody like them in"
    if unknown := {endpoint.auth for endpoint in found if not endpoint.with_token}:
        return f"not decided, because the route's authorizer ({' and '.join(sorted(unknown))}) is not analyzed"
    return "but the route keeps them out" if holds else ""


def _wrong(
    answers: Answers, action: str, who: Caller, holder: Holder, ordinary: OrdinaryRequests | None
) -> Iterator[str]:
    holds = ordinary is not None
    for cell in _cells(answers):
        if cell.allowed(0) is not holds:
            request = next(request for allowed, request in cell.seen.items() if allowed[0] is not holds)
            shown = Request(action=action, resource=request.resource, context=request.context)
            asked = replace(shown, context={**request.context, **ordinary.context}) if ordinary else shown
            because = "; ".join(str(each) for each in who.verdict(asked, holder).because)
            by = f", because of {because}" if because else ""
            yield readable(f"{_request_text(shown)} {'is refused' if holds else 'goes through'}{by}")
            return


def _cells(answers: Answers) -> list[Cell]:
    """Return the requests about the place: one about the whole resource is one about every part of it."""
    return [cell for cell in answers.cells if answers.whole or 0 in cell.regions]


def _request_text(request: Request) -> str:
    details = {key: value for key, value in request.context.items() if key.startswith(("s3:", "dynamodb:"))}
    given = ", ".join(f"{key} {value if isinstance(value, str) else list(value)!r}" for key, value in details.items())
    return f"{request.action} on {request.resource}" + (f" with {given}" if given else "")
