"""IAM's policy simulator, based on the enforcing evaluator: context keys, boundaries, several resources, pages.

Stock MiniStack (measured on 1.5.33) evaluates the first resource alone and ignores context keys, so that a statement
with a condition or a variable never allows. Source: `SimulateCustomPolicy` in IAM's API reference.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from .ministack_interface import expect_attributes, expect_keys, expect_parameters
from .variables import literal

_CUSTOM: Final = "SimulateCustomPolicy"
_PRINCIPAL: Final = "SimulatePrincipalPolicy"
_PAGE: Final = 100
"""The default number of results per page."""
_MOST: Final = 1000
_REFUSED: Final = (
    "OrderedOrganizationPolicyInputList",
    "PolicyExclusionList",
    "ResourceHandlingOption",
    "ResourcePolicy",
)
"""Inputs that the simulator does not support, and refuses."""
_DECISIONS: Final = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
_WORST: Final = ("explicitDeny", "implicitDeny", "allowed")


class SimulationError(ValueError):
    """A request that the simulator refuses, with the error code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Store the code and the HTTP status."""
        super().__init__(message)
        self.code, self.status = code, status


@dataclasses.dataclass
class _Simulated(iam_evaluator.EvalContext):  # type: ignore[misc] # MiniStack has no types
    """Simulated request, whose context has only the given context keys."""

    missing: set[str] = dataclasses.field(default_factory=set)


def check() -> None:
    """Refuse a MiniStack that simulates elsewhere."""
    expect_keys(iam._IAM_HANDLERS, "MiniStack's IAM actions", _CUSTOM, _PRINCIPAL)  # the override's seams
    expect_parameters(iam_evaluator._gather_role_policies, "role_name", "account_id")
    expect_parameters(iam_evaluator._gather_user_policies, "user_name", "account_id")
    expect_parameters(iam_evaluator._permissions_boundary, "store", "name", "account_id")
    expect_attributes(iam, "_roles", "_users", "_xml", "_error", "parse_qs")


def install() -> None:
    """Override both calls; install after `policy_evaluation`, whose variables and operators they use."""
    stock = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        if not isinstance(ctx, _Simulated):
            return stock(key, ctx)
        given = ctx.service_context.get(key.lower())
        if given is None:
            ctx.missing.add(key)
        return literal(given)

    iam_evaluator._resolve_condition_key = resolve_condition_key
    iam.parse_qs = _with_empty_values
    for name, policies_of in ((_CUSTOM, _custom), (_PRINCIPAL, _attached)):
        iam._IAM_HANDLERS[name] = _handler(name, policies_of)


def _with_empty_values(body: str) -> dict[str, list[str]]:
    """Parse a request's body; for a simulation, keep empty values of condition keys, which MiniStack drops."""
    action = parse_qs(body).get("Action", [""])[0]
    return parse_qs(body, keep_blank_values=action in (_CUSTOM, _PRINCIPAL))


def _handler(name: str, policies_of: Callable[[Mapping[str, Any]], tuple[Any, list[Any], str]]) -> Any:
    def simulate(params: Mapping[str, Any]) -> Any:
        try:
            inner = _simulated(params, *policies_of(params))
        except SimulationError as error:
            return iam._error(error.status, error.code, str(error), ns="iam")
        return iam._xml(200, f"{name}Response", f"<{name}Result>{inner}</{name}Result>", ns="iam")

    return simulate


def _custom(params: Mapping[str, Any]) -> tuple[Any, list[Any], str]:
    return _documents(params, "PolicyInputList"), _boundary(params), _value(params, "CallerArn")


def _attached(params: Mapping[str, Any]) -> tuple[Any, list[Any], str]:
    """Return the policies of a user or role, and the additional inputs of the request."""
    source = _value(params, "PolicySourceArn")
    kind, _, path = source.rpartition(":")[2].partition("/")
    name, account = path.rpartition("/")[2], get_account_id()
    stores = {"role": iam._roles, "user": iam._users}
    if kind not in stores:
        raise SimulationError(
            "InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name."
        )
    if stores[kind].get_scoped(account, None, name) is None:
        raise SimulationError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)
    gather = iam_evaluator._gather_role_policies if kind == "role" else iam_evaluator._gather_user_policies
    own = iam_evaluator._permissions_boundary(stores[kind], name, account)
    policies = [*gather(name, account), *_documents(params, "PolicyInputList")]
    return policies, _boundary(params) or own, _value(params, "CallerArn") or source


def _boundary(params: Mapping[str, Any]) -> list[Any]:
    found = _documents(params, "PermissionsBoundaryPolicyInputList")
    if len(found) > 1:
        raise SimulationError("InvalidInput", "Only one permissions boundary can be simulated.")
    return [found] if found else []


def _documents(params: Mapping[str, Any], name: str) -> list[Any]:
    found = []
    for number, text in enumerate(_members(params, name), start=1):
        if problem := iam_evaluator.validate_policy_document(text):
            raise SimulationError("InvalidInput", f"{name}.{number}: {problem}")
        found.append(iam_evaluator.parse_policy_document(text))
    return found


def _simulated(params: Mapping[str, Any], policies: Any, limits: list[Any], caller: str) -> str:
    given = {name.partition(".")[0] for name in params}
    if unknown := sorted(given.intersection(_REFUSED)):
        raise SimulationError("InvalidInput", f"The local cloud does not simulate {', '.join(unknown)}.")
    actions = list(_members(params, "ActionNames"))
    if not actions or any(":" not in each or "*" in each for each in actions):
        raise SimulationError("InvalidInput", "ActionNames must name actions such as s3:GetObject, without wildcards.")
    context = {**({"aws:principalarn": caller} if caller else {}), **_context(params)}
    resources = list(_members(params, "ResourceArns")) or ["*"]
    start, most = _page_of(params, len(actions))

    def answer(action: str) -> str:
        return _evaluated(action, resources, context, policies, limits, caller)

    end = start + most
    more = end < len(actions)
    results = "".join(map(answer, actions[start:end]))
    marker = f"<Marker>{end}</Marker>" if more else ""
    return f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>{str(more).lower()}</IsTruncated>{marker}"


def _page_of(params: Mapping[str, Any], actions: int) -> tuple[int, int]:
    marker, most = _value(params, "Marker") or "0", _value(params, "MaxItems") or str(_PAGE)
    if not marker.isdigit() or int(marker) > actions:
        raise SimulationError("InvalidInput", f"Marker {marker} is not valid.")
    if not most.isdigit() or not 1 <= int(most) <= _MOST:
        raise SimulationError("ValidationError", f"MaxItems {most} is not from 1 to {_MOST}.")
    return int(marker), int(most)


def _context(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given context keys in lower case: one value, or several for a key of a list type."""
    found: dict[str, Any] = {}
    number = 1
    while name := _value(params, f"ContextEntries.member.{number}.ContextKeyName"):
        entry = f"ContextEntries.member.{number}"
        values, kind = list(_members(params, f"{entry}.ContextKeyValues")), _value(params, f"{entry}.ContextKeyType")
        if not kind.endswith("List") and len(values) > 1:
            raise SimulationError("InvalidInput", f"{name} has several values and is of the type {kind}.")
        found[name.lower()] = values if kind.endswith("List") else "".join(values)
        number += 1
    return found


def _evaluated(
    action: str, resources: list[str], context: Mapping[str, Any], policies: Any, limits: list[Any], caller: str
) -> str:
    decided: list[tuple[str, str, set[str]]] = []
    for resource in resources:
        ctx = _Simulated(
            principal_arn=caller,
            principal_type="Simulated",
            principal_account=get_account_id(),
            action=action,
            resource_arn=resource,
            region=get_region(),
            service_context=dict(context),
        )
        decision = _DECISIONS[iam_evaluator.evaluate(ctx, policies, *limits).decision]
        decided.append((resource, decision, ctx.missing))
    worst = min((decision for _, decision, _ in decided), key=_WORST.index)
    missing = set().union(*(each for _, _, each in decided))
    members = "".join(
        f"<member><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalResourceDecision>{decision}</EvalResourceDecision>{_missing(each)}</member>"
        for resource, decision, each in decided
    )
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>*</EvalResourceName><EvalDecision>{worst}</EvalDecision>{_missing(missing)}"
        f"<ResourceSpecificResults>{members}</ResourceSpecificResults></member>"
    )


def _missing(keys: set[str]) -> str:
    members = "".join(f"<member>{escape(key)}</member>" for key in sorted(keys))
    return f"<MissingContextValues>{members}</MissingContextValues>"


def _members(params: Mapping[str, Any], name: str) -> Iterator[str]:
    number = 1
    while f"{name}.member.{number}" in params:
        yield _value(params, f"{name}.member.{number}")
        number += 1


def _value(params: Mapping[str, Any], name: str) -> str:
    """Return a parameter of a request; empty if there is none."""
    return str(iam._p(params, name) or "")
