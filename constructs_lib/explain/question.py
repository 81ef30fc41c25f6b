"""Parses a question, `get Documents private/{other}/x` or an action and an ARN, into one concrete request."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import atoms, normalise_arn
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.endpoints import Endpoint, endpoints
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.owned_places import find_places, whole
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE, Owner, Whose
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.explain.request_context import IDENTITY, MULTIPLE, context_of, other_than
from constructs_lib.testing.access_assertions import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.iam.requests import Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

_PLACEHOLDER: Final = re.compile(r"\{(?:(other)(?: (\w+))?|(\w+))\}")
_ALIASES: Final = {"user": "authenticated", "signed-in user": "authenticated", "anyone": "internet"}
_ANYTHING: Final = "example"
"""Replacement for a star in a question."""
_RAW: Final = re.compile(r"([\w-]+:[\w-]+)\s+(arn:.+|\*)")
_PREFIX: Final = "s3:prefix"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One concrete request under one model.

    Args:
        model: The model.
        caller: The caller.
        request: The request.
        holder: The requested resource; None if the templates do not contain it.
        endpoint: The API's route, if the route decides instead of IAM. None: IAM decides.
        identity_labels: The display text of each identity. Empty: identities are shown unchanged.
    """

    model: Model
    caller: Caller
    request: Request
    holder: Holder | None
    endpoint: Endpoint | None = None
    identity_labels: Mapping[str, str] = field(default_factory=dict)


def parse_question(text: str, who: str, model: Model, context: Mapping[str, Sequence[str]]) -> Question:
    """Parse a question.

    Args:
        text: `VERB RESOURCE PLACE`, with `{owner}` for the caller and `{other}` for another user, or an IAM action and
            an ARN in which the name of a resource may be its construct path or logical ID.
        who: `guest`, `user`, `group:NAME`, `internet`, `function:NAME`.
        model: The model to evaluate.
        context: Further condition keys with their values; they replace the values of this caller's requests.

    Raises:
        ValueError: For a question or a name that these templates do not support, with the supported ones.
    """
    everyone = all_callers(model)
    caller = _caller(who, everyone)
    placeholder_values = PlaceholderValues(caller, model)
    raw = _RAW.fullmatch(text.strip())
    if raw:
        action, arn = known_action(raw.group(1)), arn_in_model(raw.group(2), model)
        request = Request(action=action, resource=placeholder_values.written(arn), context=context_of(caller))
        found = Question(model=model, caller=caller, request=request, holder=holder_of(arn, model))
    else:
        found = _claimed(Claim.parse(text), caller, model, placeholder_values)
    given = {
        key.lower(): _value(key, [placeholder_values.written(value) for value in values])
        for key, values in context.items()
    }
    request = replace(found.request, context={**found.request.context, **given})
    return replace(found, request=request, identity_labels=placeholder_values.words)


def known_action(action: str) -> str:
    """Return an IAM action in AWS's spelling.

    Raises:
        ValueError: If AWS has no action of this name.
    """
    service = action.partition(":")[0].lower()
    found = next((each for each in catalogue.actions_of(service) if each.lower() == action.lower()), None)
    if found is None:
        raise ValueError(
            f"{action!r} is not an IAM action known on {catalogue.data_date()}: write one such as s3:GetObject"
        )
    return found


def holder_of(arn: str, model: Model) -> Holder | None:
    """Return the resource that a request's ARN names."""
    found = (each for each in model.holders if arn == each.arn or arn.startswith((each.before, f"{each.arn}/")))
    return next(found, None)


def arn_in_model(arn: str, model: Model) -> str:
    """Return an ARN with the model's name of a resource in place of its construct path or logical ID."""
    written = normalise_arn(arn)
    # The ARN that `Fn::GetAtt` returns for a log group is that of its streams.
    others = ((each.name, each.arn.removesuffix(":*")) for each in model.resources)
    for path, known in (*((each.name, each.arn) for each in model.holders), *others):
        for atom in atoms(known.rpartition(":")[2]):
            for name in (path, atom.strip("⟦⟧").rpartition("/")[2]):
                head = known.replace(atom, name)
                if written == head or written.startswith((f"{head}/", f"{head}:")):
                    return known + written[len(head) :]
    return written


def _caller(who: str, everyone: Mapping[str, Caller]) -> Caller:
    for name in (who, _ALIASES.get(who, who), f"group:{who}", f"function:{who}"):
        if name in everyone:
            return everyone[name]
    near = difflib.get_close_matches(who, [*everyone, *(each.partition(":")[2] for each in everyone)], 1)
    hint = f" (did you mean {near[0]!r}?)" if near and near[0] else ""
    also = {known: f"{known} (or {alias})" for alias, known in _ALIASES.items() if " " not in alias}
    listed = ", ".join(also.get(each, each) for each in everyone)
    raise ValueError(f"the template has no caller {who!r}; it has {listed}{hint}")


def _claimed(claim: Claim, caller: Caller, model: Model, placeholder_values: PlaceholderValues) -> Question:
    holder = claim.holder(model)
    action = known_action(claim.actions(holder, forbidden=False)[0])
    context = context_of(caller)
    if holder.entry_points and claim.verb in holder.main:
        return _called(claim, holder, caller, model)
    if holder.main.keys() == {"call"}:
        region = claim.region(holder, list(all_callers(model).values()))
        endpoint = next(
            (each for each in endpoints(model) if (each.arn, each.where) == (holder.arn, claim.where)), None
        )
        text = _call(region, context)
        request = Request(action=action, resource=holder.before + text, context=context)
        return Question(model=model, caller=caller, request=request, holder=holder, endpoint=endpoint)
    where = placeholder_values.written(claim.where)
    text = where.replace(EVERYTHING, _ANYTHING)
    place = replace(whole(holder), part=claim.where, text=text)
    shape = next((each for each in holder.shapes(action, 1, place) if each.resource != "*"), None)
    if shape is None:
        raise ValueError(f"{claim.text!r}: no {action} request applies to a place of {holder.name}")
    if shape.listing:
        prefix = where.removesuffix(EVERYTHING).replace(EVERYTHING, _ANYTHING)
        context |= {_PREFIX: prefix} if prefix else {}
    if shape.keys:
        context[shape.key] = (text,)
    resource = holder.before + text if shape.resource is None else shape.resource
    request = Request(action=action, resource=resource, context=context)
    return Question(model=model, caller=caller, request=request, holder=holder)


def _called(claim: Claim, holder: Holder, caller: Caller, model: Model) -> Question:
    """Return the call of a function: a refused one of the required actions, or else the first."""
    place = claim.region(holder, list(all_callers(model).values()))
    entry_point, _, part = claim.where.partition(" ")
    endpoint = next((each for each in endpoints(model) if (each.arn, each.where) == (holder.arn, entry_point)), None)
    requests = [
        Request(
            action=action,
            resource=holder.before + part if part else holder.arn,
            context={**context_of(caller), **{key: values[0] for key, values in shape.context}},
        )
        for action in claim.actions(holder, forbidden=False)
        for shape in holder.shapes(action, 0, place)
        if shape.entry_point == entry_point and shape.resource is not None
    ]
    chosen = next((each for each in requests if not caller.verdict(each, holder).allowed), requests[0])
    return Question(model=model, caller=caller, request=chosen, holder=holder, endpoint=endpoint)


def _call(region: Place, context: Mapping[str, Value]) -> str:
    """Return a call of a route, with identities for variables and an example value for stars."""

    def value(match: re.Match[str]) -> str:
        key = match.group(1).lower()
        if region.owner is not None and key == region.owner.key and region.whose is Whose.OTHERS:
            return other_than(region.owner.form)
        return own_value(key, context, _ANYTHING if region.owner is None else region.owner.form.example)

    stage, _, call = VARIABLE.sub(value, region.text).partition("/")
    method, slash, path = call.partition("/")
    text = f"{stage.replace(EVERYTHING, 'prod')}/{method.replace(EVERYTHING, 'GET')}{slash}{path}"
    return text.replace(EVERYTHING, _ANYTHING)


class PlaceholderValues:
    """Values of the placeholders for the caller and another user: `{owner}`, `{tenant}`, `{other tenant}`.

    Args:
        caller: The caller.
        model: The templates' model; if it has no owned place, `{owner}` is an identity-pool ID.
    """

    def __init__(self, caller: Caller, model: Model) -> None:
        """Find the owner value of the templates."""
        context = context_of(caller)
        owners = {each.owner.placeholder: each.owner for each in find_places(model) if each.owner is not None}
        owners.setdefault(PERSON, Owner(key=IDENTITY, form=POOL_IDENTITY))
        self.own = {name: own_value(each.key, context, each.form.example) for name, each in owners.items()}
        self.others = {name: other_than(each.form) for name, each in owners.items()}

    @property
    def words(self) -> dict[str, str]:
        """The display text of each identity."""
        others = {each: "{other}" if name == PERSON else "{other " + name + "}" for name, each in self.others.items()}
        return {**others, **{each: "{" + name + "}" for name, each in self.own.items()}}

    def written(self, text: str) -> str:
        """Return a text with identities in place of their placeholders.

        Raises:
            ValueError: For a placeholder that these templates do not define.
        """

        def value(match: re.Match[str]) -> str:
            other, of_other, name = match.groups()
            found = self.others.get(of_other or PERSON) if other else self.own.get(name)
            if found is None:
                known = ", ".join("{" + each + "}, {other " + each + "}" for each in self.own)
                raise ValueError(f"{match.group()} is not defined here: write {known}")
            return found

        return _PLACEHOLDER.sub(value, text)


def own_value(key: str, context: Mapping[str, Value], default: str) -> str:
    """Return the caller's value of a condition key, or else an unused value of its form."""
    value = context.get(key)
    return value if isinstance(value, str) else default


def _value(key: str, values: Sequence[str]) -> Value:
    several = len(values) > 1 or key.lower() in MULTIPLE
    return tuple(values) if several else values[0]
