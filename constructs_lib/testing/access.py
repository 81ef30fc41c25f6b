"""`assert_access`: a test that says in words what somebody can and cannot do."""

from collections.abc import Iterable, Iterator

from constructs_lib.analysis.engine.policy_layers import layers_of
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.endpoints import doors
from constructs_lib.analysis.matrix.reachable_parts import Answers, ask
from constructs_lib.analysis.model.callers import Caller
from constructs_lib.analysis.model.holder import Holder
from constructs_lib.analysis.model.model import Model, everybody
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.argument_checks import checked
from constructs_lib.testing.access_assertions import Claim, lacking
from constructs_lib.testing.models import models_of
from constructs_lib.testing.templates import TemplateLike

__all__ = ["assert_access"]


@checked
def assert_access(template: TemplateLike, who: str, can: Iterable[str] = (), cannot: Iterable[str] = ()) -> None:
    """Fail unless somebody can do all of one list and nothing of another.

    A claim is `VERB RESOURCE PLACE`: `get Documents public/*`, `list Documents private/{owner}/*` (their own),
    `get Documents private/{other}/*` (somebody else's), `write Notes {owner}` (their own rows), `call Api GET /shares`,
    `call Thumbnails invoke` (a function by itself), `call Thumbnails URL live` (its alias by its URL).
    `{tenant}` is the caller's own tenant and `{other_tenant}` another, and so for every claim:
    `get Files tenants/{other_tenant}/shared/*`, `call Api GET /tenants/{other_tenant}/projects`.
    Verbs are those of rules, call, or an IAM action such as `dynamodb:Scan`. `can` holds when every request about the
    place goes through, by the verb's main action; `cannot` when no request about any part of it does, by
    any action that comes to the same (a Scan shows what get and list show).

    Args:
        template: A parsed template, the path of one (JSON, YAML or a `cdk.out` folder), or
            `aws_cdk.assertions.Template`.
        who: `guest`, `authenticated`, `group:NAME`, `internet` or `function:NAME`; `authenticated without tenant` for
            somebody whose token lacks the claim.
        can: What must go through, as `VERB RESOURCE PLACE`: `get Documents public/*`. Empty: no such claim.
        cannot: What must be refused, said the same way. Empty: no such claim.

    Raises:
        AssertionError: With a line per claim that does not hold: the request that shows it and the statement behind it.
        ValueError: For a claim or a name that makes no sense for this template, with those that do.
    """
    wanted, forbidden = [Claim.parse(text) for text in can], [Claim.parse(text) for text in cannot]
    if not wanted and not forbidden:
        raise ValueError(f"nothing is said about {who!r}; write can=[...], cannot=[...] or both")
    problems: dict[str, None] = {}
    for model in models_of(template):
        everyone = everybody(model)
        if who not in everyone:
            raise ValueError(f"the template knows no {who!r}; it knows {', '.join(everyone)}")
        under = ", ".join(f"{name} is {str(value).lower()}" for name, value in model.assumed.items())
        for claim, holds in (*((claim, True) for claim in wanted), *((claim, False) for claim in forbidden)):
            for problem in _problems(claim, everyone[who], model, list(everyone.values()), holds=holds):
                problems[f"  {problem}" + (f" (when {under})" if under else "")] = None
    if problems:
        raise AssertionError("\n".join([f"the template does not keep what is said about {who!r}:", *problems]))


def _problems(claim: Claim, who: Caller, model: Model, everyone: list[Caller], *, holds: bool) -> Iterator[str]:
    holder = claim.holder(model)
    actions = claim.actions(holder, forbidden=not holds)
    region = claim.region(holder, everyone)
    word = "can" if holds else "cannot"
    if (opened := _opened(holder, claim, who, model)) is not None:
        if opened is not holds:
            yield f"{word} {claim.text}: but the route {'lets everybody like them in' if opened else 'keeps them out'}"
        return
    if missing := lacking(region, who):
        if holds:
            yield f"can {claim.text}: but {who} has no {missing}"
        return
    regions = [region, whole(holder)]
    layers = layers_of(who, who.policy_of(holder))
    answers = [
        each
        for each in ask([layers], who, holder, regions)
        if set(each.actions) & set(actions) and claim.is_about(each, holder, forbidden=not holds)
    ]
    for needed in actions if holds else ():
        if not any(needed in each.actions and not each.sub for each in answers):
            yield f"{word} {claim.text}: but no statement allows {needed}"
    for each in answers:
        action = next(action for action in actions if action in each.actions)
        if each.undecided:
            yield f"{word} {claim.text}: not decided for {action} ({each.undecided})"
        elif not (holds and each.sub):  # an index or a stream is no place that a claim names
            yield from (f"{word} {claim.text}: but {text}" for text in _wrong(each, action, who, holder, holds=holds))


def _wrong(answers: Answers, action: str, who: Caller, holder: Holder, *, holds: bool) -> Iterator[str]:
    # A request about the whole resource is one about every part of it.
    cells = [cell for cell in answers.cells if answers.whole or 0 in cell.regions]
    for cell in cells:
        if cell.allowed(0) is not holds:
            request = next(request for allowed, request in cell.seen.items() if allowed[0] is not holds)
            shown = Request(action=action, resource=request.resource, context=request.context)
            because = "; ".join(str(each) for each in who.verdict(shown, holder).because)
            by = f", because of {because}" if because else ""
            yield readable(f"{_said(shown)} {'is refused' if holds else 'goes through'}{by}")
            return


def _said(request: Request) -> str:
    details = {key: value for key, value in request.context.items() if key.startswith(("s3:", "dynamodb:"))}
    given = ", ".join(f"{key} {value if isinstance(value, str) else list(value)!r}" for key, value in details.items())
    return f"{request.action} on {request.resource}" + (f" with {given}" if given else "")


def _opened(holder: Holder, claim: Claim, who: Caller, model: Model) -> bool | None:
    """Whether a route that does not ask for IAM rights lets somebody in; None where it asks for them."""
    for door in doors(model):
        if (door.arn, door.where) == (holder.arn, claim.where):
            return door.open or (door.with_token and who.signed_in)
    return None
