"""Calls of IAM's policy simulator within the limits of its API.

Source: `SimulateCustomPolicy` (IAM API reference; its shapes are in botocore). It accepts no wildcards in actions, one
boundary, documents of 131,072 characters and resources of 2,048, and returns pages. "The policies cannot be
'scope-down' policies", and "simulation of resource-based policies isn't supported for IAM roles".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.iam.requests import Value

ALLOWED: Final = "allowed"
_DECISIONS: Final = frozenset({ALLOWED, "explicitDeny", "implicitDeny"})
_MOST_ACTIONS: Final = 50
"""Actions in one call: the API states no limit, and a response of one page is enough."""
_MOST_CHARACTERS: Final = 131_072
_LONGEST_RESOURCE: Final = 2_048
_LONGEST_KEY: Final = 256
_KINDS: Final = {"bool": "boolean", "ipaddress": "ip", "notipaddress": "ip", "binaryequals": "binary"}


class UnanswerableError(ValueError):
    """A question that the simulator's API does not accept."""


class NoAnswerError(LookupError):
    """The simulator has refused a question, or its response lacks an action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulation:
    """A request to the simulator: the input of `SimulateCustomPolicy` without its actions.

    Args:
        policies: The caller's identity policies, as JSON.
        boundary: Their permissions boundary, as JSON. Empty: none.
        resource: The ARN.
        context: The condition keys of the request.
        kinds: The simulator's type of each key whose values are not text.
    """

    policies: tuple[str, ...]
    boundary: str
    resource: str
    context: Mapping[str, Value]
    kinds: Mapping[str, str]

    def input(self, actions: Sequence[str]) -> dict[str, Any]:
        """Return the call's input, also for `aws iam simulate-custom-policy --cli-input-json`.

        Raises:
            UnanswerableError: If it exceeds a limit of the API.
        """
        if any(len(each) > _MOST_CHARACTERS for each in (*self.policies, self.boundary)):
            raise UnanswerableError(f"a policy has more than {_MOST_CHARACTERS:,} characters")
        if len(self.resource) > _LONGEST_RESOURCE or any(len(each) > _LONGEST_KEY for each in self.context):
            raise UnanswerableError("a resource's ARN or a condition key is longer than the simulator accepts")
        if not self.policies:
            raise UnanswerableError("the caller has no policy, which the simulator requires")
        entries = [self._entry(key, value) for key, value in sorted(self.context.items())]
        return {
            "PolicyInputList": list(self.policies),
            **({"PermissionsBoundaryPolicyInputList": [self.boundary]} if self.boundary else {}),
            "ActionNames": list(actions),
            "ResourceArns": [self.resource],
            **({"ContextEntries": entries} if entries else {}),
        }

    def _entry(self, key: str, value: Value) -> dict[str, Any]:
        kind, several = self.kinds.get(key, "string"), isinstance(value, tuple)
        return {
            "ContextKeyName": key,
            "ContextKeyValues": list(value) if several else [value],
            "ContextKeyType": f"{kind}List" if several else kind,
        }


def simulate(iam: Any, simulation: Simulation, actions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each action with the simulator's decision: `allowed`, `explicitDeny` or `implicitDeny`.

    The client retries with backoff when it is throttled.

    Raises:
        UnanswerableError: If the API does not accept the question.
        NoAnswerError: If the API returns an error, or its response lacks an action.
    """
    for start in range(0, len(actions), _MOST_ACTIONS):
        some = actions[start : start + _MOST_ACTIONS]
        asking = simulation.input(some)
        try:
            results = [
                result
                for page in iam.get_paginator("simulate_custom_policy").paginate(**asking)
                for result in page["EvaluationResults"]
            ]
        except (iam.exceptions.InvalidInputException, iam.exceptions.PolicyEvaluationException) as error:
            raise NoAnswerError(f"{error}: {json.dumps(asking)}") from error
        decided = {str(each["EvalActionName"]).lower(): _decision(each, simulation.resource) for each in results}
        for action in some:
            if action.lower() not in decided:
                raise NoAnswerError(f"the response has no decision on {action}: {json.dumps(asking)}")
            if decided[action.lower()] not in _DECISIONS:
                raise NoAnswerError(f"the response has {decided[action.lower()]!r} for {action}: {json.dumps(asking)}")
            yield action, decided[action.lower()]


def _decision(result: Mapping[str, Any], resource: str) -> str:
    """Return the decision on the one resource of the request."""
    specific = {
        each["EvalResourceName"]: each["EvalResourceDecision"] for each in result.get("ResourceSpecificResults", ())
    }
    return str(specific.get(resource, result["EvalDecision"]))


def kinds_of(policies: Sequence[Policy]) -> dict[str, str]:
    """Return the type of each condition key whose values are not text, by the operators that compare it."""
    found = {}
    for condition in (each for policy in policies for statement in policy.statements for each in statement.conditions):
        operator = condition.operator
        kind = _KINDS.get(operator, "numeric" if operator.startswith("numeric") else "")
        kind = kind or ("date" if operator.startswith("date") else "")
        if kind:
            found[condition.key] = kind
    return found
