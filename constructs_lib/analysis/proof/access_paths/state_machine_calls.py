"""The services that a state machine calls with its role: its definition says so, its input does not.

An optimized integration calls the one action that its `Resource` names; a call of the AWS SDK, a role for a task
(`Credentials`) and whatever is not spelled out may use any right of the role. The rules by which `.sync` waits for a
task, and the policy for its logs, are set by the service alone.

Sources: "Integrating optimized services", "Creating granular permissions ... IAM policies for integrated services",
"Logging to CloudWatch Logs" (AWS Step Functions developer guide).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource

MACHINE: Final = "AWS::StepFunctions::StateMachine"
_OPTIMIZED: Final = re.compile(r"arn:aws:states:::(batch|dynamodb|ecs|lambda|sns|sqs|states):[A-Za-z.:0-9]+")
"""The integrations that call nothing else with the role, each with the IAM prefix of its service."""


def may_call(resource: Resource, service: str) -> bool:
    """Return whether a resource may call a service with its role, for the service's IAM prefix."""
    called = _called(resource) if resource.type == MACHINE else None
    return called is None or service in called


def definition_of(machine: Resource) -> Mapping[str, Any] | None:
    """Return the definition of a state machine; None if it is not spelled out."""
    said = machine.get("Definition") or machine.get("DefinitionString")
    values = machine.get("DefinitionSubstitutions")
    try:
        text = said if isinstance(said, str) else json.dumps(said, default=str)
        for name, value in values.items() if isinstance(values, Mapping) else ():
            text = text.replace(f"${{{name}}}", str(value))
        definition = json.loads(text)
    except (RecursionError, ValueError):
        return None
    return definition if isinstance(definition, Mapping) else None


def _called(machine: Resource) -> set[str] | None:
    """Return the IAM prefixes of the services that a state machine calls; None if it may call any."""
    definition = definition_of(machine)
    if definition is None or is_unknown(str(definition)):
        return None
    found = [_OPTIMIZED.fullmatch(str(each)) for each in _resources(definition)]
    services = {match[1] for match in found if match is not None}
    return services if all(found) and services else None


def _resources(value: Any) -> Iterator[Any]:
    """Yield what the states call, and the roles of tasks."""
    if isinstance(value, Mapping):
        yield from (each for key, each in value.items() if key in {"Resource", "Credentials"})
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _resources(each)
