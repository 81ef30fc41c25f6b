"""Translation of physical IDs of deployed resources into the resources of the templates' model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.iam.ordinary_requests import DIRECTLY
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.callers import ANYONE
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.template.atoms import split_around_atoms
from constructs_lib.explain.request_context import MULTIPLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.iam.requests import Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model

_HEAD: Final = 5
"""The number of ARN components before the resource: arn, partition, service, region, account."""
_STAGES: Final = ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage")
"""Types that policies usually name by their resource name, which is the physical ID."""
_SESSION: Final = ":assumed-role/"


class Deployed:
    """A model and the physical IDs of its deployed resources.

    Args:
        model: The templates' model.
        stacks: The physical IDs of each deployed stack's resources, by the stack's name and their logical IDs.
    """

    def __init__(self, model: Model, stacks: Mapping[str, Mapping[str, str]]) -> None:
        """Find each stack's template: by name, else an unassigned template that has all of its logical IDs."""
        self.model = model
        self._words: dict[str, str] = {}
        templates: dict[str, dict[str, str]] = {}
        named = {text for role in model.roles.values() for policy in role.policies for text in _texts(policy)}
        for resource in model.resources:
            if resource.type not in _STAGES or any(resource.id in text for text in named):
                templates.setdefault(resource.place.rpartition("/")[0], {})[resource.logical_id] = resource.id
        for name, ids in stacks.items():
            free = [words for other, words in templates.items() if other not in stacks and ids.keys() <= words.keys()]
            words = templates.get(name) or next(iter(free), {})
            self._words |= {physical: words[logical] for logical, physical in ids.items() if logical in words}

    def request(self, check: Mapping[str, Any], caller: Caller) -> Request:
        """Return a recorded check as a request of the model."""
        # The local cloud has neither key, and its emulated TLS has no version.
        context: dict[str, Value] = {
            **DIRECTLY,
            **{key: self._value(key, value) for key, value in check["context"].items()},
        }
        if caller.principal:
            context["aws:principalarn"] = caller.principal
        return Request(action=check["action"], resource=self.arn(check["resource"]), context=context)

    def arn(self, arn: str) -> str:
        """Return a deployed resource's ARN as the model's ARN: the name is one of its first two parts."""
        parts = split_around_atoms(normalise_arn(arn), ":", _HEAD)
        if len(parts) <= _HEAD:
            return arn
        separator = "/" if "/" in parts[_HEAD] or parts[2] == "s3" else ":"
        named = parts[_HEAD].split(separator)
        deep = 1 if parts[2] == "s3" else 2
        named[:deep] = [self._words.get(each, each) for each in named[:deep]]
        return ":".join([*parts[:_HEAD], separator.join(named)])

    def caller(self, check: Mapping[str, Any]) -> Caller | None:
        """Return the caller of a recorded check; None for a role that no person or function of the templates has."""
        principal = check["principal"]
        if not principal:
            return ANYONE
        if _SESSION not in principal:
            return None
        name = principal.partition(_SESSION)[2].partition("/")[0]
        role = f"/{self._words.get(name, name)}"
        found = [each for each in all_callers(self.model).values() if each.principal.endswith(role)]
        tags = {key.removeprefix(PRINCIPAL_TAG) for key in check["context"] if key.startswith(PRINCIPAL_TAG)}
        chosen = max(
            (each for each in found if tags.isdisjoint(each.lacks)), key=lambda each: len(each.lacks), default=None
        )
        if chosen is None:
            other = next((each for each in self.model.roles.values() if each.arn.endswith(role)), None)
            return None if other is None else replace(ANYONE, role=other)
        return chosen

    def _value(self, key: str, value: str | list[str]) -> Value:
        texts = tuple(self._words.get(each, each) for each in ([value] if isinstance(value, str) else value))
        return texts if key in MULTIPLE or not isinstance(value, str) else texts[0]


def _texts(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        yield from (*statement.resources, *statement.not_resources)
