"""A question in words, `get Documents private/{other}/x`, or an action and an ARN, as one concrete request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import atoms, normalise_arn
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.endpoints import Door, doors
from constructs_lib.analysis.model.forms import POOL_IDENTITY
from constructs_lib.analysis.model.model import everybody
from constructs_lib.analysis.model.parts import Parts
from constructs_lib.analysis.model.places import EVERYTHING, VARIABLE, Owner, Whose
from constructs_lib.explain.context import IDENTITY, MULTIPLE, context_of, other_than
from constructs_lib.testing.claims import OTHER, Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.iam.requests import Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

OWNER: Final = "{owner}"
_ALIASES: Final = {"user": "authenticated", "signed-in user": "authenticated", "anyone": "internet"}
_ANYTHING: Final = "example"
"""What stands for a star of a question."""
_RAW: Final = re.compile(r"([\w-]+:[\w-]+)\s+(arn:.+|\*)")
_PREFIX: Final = "s3:prefix"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One concrete request under one model.

    Args:
        model: The model.
        caller: Who makes it.
        request: The request.
        holder: The resource it is about; None where the templates have none.
        door: The API's route it reaches, where the route and not IAM decides. None: IAM decides.
    """

    model: Model
    caller: Caller
    request: Request
    holder: Holder | None
    door: Door | None = None


def asked(text: str, who: str, model: Model, context: Mapping[str, Sequence[str]]) -> Asked:
    """Read a question.

    Args:
        text: `VERB RESOURCE PLACE`, with `{owner}` for the caller and `{other}` for somebody else, or an IAM action and
            an ARN in which the name of a resource may be its construct path or logical ID.
        who: `guest`, `user`, `group:NAME`, `internet`, `function:NAME`.
        model: The model that is asked.
        context: Further condition keys with their values; they replace what a request of this caller carries.

    Raises:
        ValueError: For a question or a name that makes no sense for these templates, with those that do.
    """
    everyone = everybody(model)
    caller = _caller(who, everyone)
    raw = _RAW.fullmatch(text.strip())
    if raw:
        action, arn = known_action(raw.group(1)), arn_in_model(raw.group(2), model)
        holder = holder_of(arn, model)
        owner = _owner(holder, list(everyone.values()))
        request = Request(action=action, resource=_with_people(arn, caller, owner), context=context_of(caller))
        found = Asked(model=model, caller=caller, request=request, holder=holder)
    else:
        found = _claimed(Claim.parse(text), caller, model, list(everyone.values()))
        owner = _owner(found.holder, list(everyone.values()))
    given = {
        key.lower(): _value(key, [_with_people(value, caller, owner) for value in values])
        for key, values in context.items()
    }
    request = replace(found.request, context={**found.request.context, **given})
    return replace(found, request=request)


def known_action(action: str) -> str:
    """Return an IAM action as AWS writes it.

    Raises:
        ValueError: If AWS has none of this name.
    """
    service = action.partition(":")[0].lower()
    found = next((each for each in catalogue.actions_of(service) if each.lower() == action.lower()), None)
    if found is None:
        raise ValueError(
            f"{action!r} is no IAM action known on {catalogue.data_date()}: write one such as s3:GetObject"
        )
    return found


def holder_of(arn: str, model: Model) -> Holder | None:
    """Return the resource that a request's ARN is of."""
    found = (each for each in model.holders if arn == each.arn or arn.startswith((each.before, f"{each.arn}/")))
    return next(found, None)


def arn_in_model(arn: str, model: Model) -> str:
    """Return an ARN with the model's words where it names a resource by its construct path or logical ID."""
    written = normalise_arn(arn)
    for holder in model.holders:
        for atom in atoms(holder.arn.rpartition(":")[2]):
            for name in (holder.name, atom.strip("⟦⟧").rpartition("/")[2]):
                head = holder.arn.replace(atom, name)
                if written == head or written.startswith((f"{head}/", f"{head}:")):
                    return holder.arn + written[len(head) :]
    return written


def _caller(who: str, everyone: Mapping[str, Caller]) -> Caller:
    for name in (who, _ALIASES.get(who, who), f"group:{who}", f"function:{who}"):
        if name in everyone:
            return everyone[name]
    raise ValueError(f"the template knows no {who!r}; it knows {', '.join(everyone)}")


def _claimed(claim: Claim, caller: Caller, model: Model, everyone: list[Caller]) -> Asked:
    holder = claim.holder(model)
    action = known_action(claim.actions(holder, forbidden=False)[0])
    region = claim.region(holder, everyone)
    door = next((each for each in doors(model) if (each.arn, each.where) == (holder.arn, claim.where)), None)
    context = context_of(caller)
    text = _written(region, context, api=holder.main.keys() == {"call"})
    shape = next((each for each in holder.shapes(action, 1, region) if each.resource != "*"), None)
    if shape is None and door is None:
        raise ValueError(f"{claim.text!r}: no request by {action} is about a place of {holder.name}")
    resource = holder.before + text
    if shape is not None and shape.resource is not None:
        resource = shape.resource
    if shape is not None and shape.listing:
        prefix = text.removesuffix(_ANYTHING) if region.text.endswith(EVERYTHING) else text
        context |= {_PREFIX: prefix} if prefix else {}
    if shape is not None and shape.keys:
        context[shape.key] = (text,)
    request = Request(action=action, resource=resource, context=context)
    return Asked(model=model, caller=caller, request=request, holder=holder, door=door)


def _written(region: Place, context: Mapping[str, Value], *, api: bool) -> str:
    """Return a text of a place, with identities and an example in place of variables and stars."""

    def value(match: re.Match[str]) -> str:
        key = match.group(1).lower()
        if region.owner is not None and key == region.owner.key:
            return other_than(region.owner.form) if region.whose is Whose.OTHERS else _own(region.owner, context)
        held = context.get(key)
        return held if isinstance(held, str) else _ANYTHING

    text = VARIABLE.sub(value, region.text)
    if api:
        stage, _, call = text.partition("/")
        method, slash, path = call.partition("/")
        text = f"{stage.replace('*', 'prod')}/{method.replace('*', 'GET')}{slash}{path}"
    return text.replace(EVERYTHING, _ANYTHING)


def _own(owner: Owner, context: Mapping[str, Value]) -> str:
    held = context.get(owner.key)
    return held if isinstance(held, str) else owner.form.example


def _owner(holder: Holder | None, everyone: list[Caller]) -> Owner | None:
    """Return whom a resource's places belong to."""
    return None if holder is None else next((each.owner for each in Parts(everyone).of(holder) if each.owner), None)


def _with_people(text: str, caller: Caller, owner: Owner | None) -> str:
    """Return a text with identities in place of `{owner}` and `{other}`."""
    if OWNER not in text and OTHER not in text:
        return text
    owner = owner or Owner(key=IDENTITY, form=POOL_IDENTITY)
    return text.replace(OWNER, _own(owner, context_of(caller))).replace(OTHER, other_than(owner.form))


def _value(key: str, values: Sequence[str]) -> Value:
    several = len(values) > 1 or key.lower() in MULTIPLE
    return tuple(values) if several else values[0]
