"""Plan of a run, printed before the run creates anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify import prices
from constructs_lib.verify.run import TAG
from constructs_lib.verify.synthesis import assets_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.verify.checks import Check
    from constructs_lib.verify.rights import Rights
    from constructs_lib.verify.run import Run

_MINUTES: Final = 15
"""Expected duration of a run on AWS; meanwhile the stack is created, updated four times and deleted."""
_STAYS: Final = (
    "Resources that AWS adds to an account at the first log of an HTTP API remain: the log resource policy "
    "AWSLogDeliveryWrite20150319, which then names the log group, and the role AWSServiceRoleForAPIGateway."
)
"""As for every stack with such an API ("Logs sent to CloudWatch Logs", CloudWatch Logs user guide; "Using
service-linked roles for API Gateway", API Gateway developer guide). Neither takes a tag of the run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The plan of a run.

    Args:
        run: The run.
        checks: Its checks.
        types: The number of resources that it creates, by type.
        minutes: The approximate time for which they exist, in minutes.
        cost: Their maximum cost, in USD.
        rights: The required permissions. None: none are required, on a local cloud.
        costly: Whether it also creates the stack of the costly checks, whose cost and permissions are not included.
    """

    run: Run
    checks: Sequence[Check]
    types: Mapping[str, int]
    minutes: int
    cost: float
    rights: Rights | None
    costly: bool = False

    @classmethod
    def of(
        cls,
        run: Run,
        checks: Sequence[Check],
        templates: Mapping[str, dict[str, Any]],
        rights: Rights | None,
        *,
        costly: bool = False,
    ) -> Plan:
        """Return the plan of a run with these checks and templates."""
        types: Counter[str] = Counter()
        makes = any(check.level for check in checks)
        if makes:
            types.update(each["Type"] for body in templates.values() for each in body["Resources"].values())
            types["AWS::S3::Bucket"] += 1
        return cls(
            run=run,
            checks=checks,
            types=dict(sorted(types.items())),
            minutes=_MINUTES if makes else 1,
            cost=prices.most() if makes and not run.local else 0.0,
            rights=rights,
            costly=costly and makes,
        )

    def lines(self) -> Iterator[str]:
        """Yield the plan as text, line by line."""
        where = "the local cloud" if self.run.local else f"account {self.run.account}"
        yield f"Run {self.run.run_id} in {where}, {self.run.region}: {len(self.checks)} checks."
        if not self.types:
            yield "It creates nothing: change sets are created, described and deleted."
        else:
            made = ", ".join(f"{count} {kind}" for kind, count in self.types.items())
            yield f"It creates the stack {self.run.prefix} and the bucket {assets_bucket(self.run)}: {made}."
            yield f"All resources have the tag {TAG}={self.run.run_id}. No e-mail is sent."
        if self.costly:
            yield (
                f"--costly also creates the stack {self.run.prefix}-costly: a KMS key, a table with a replica in "
                "another region, a CloudFront distribution and a function with SnapStart. Its cost, about twenty "
                "more minutes and its IAM actions are not in this plan; AWS keeps the key for seven days, disabled."
            )
        if self.run.local:
            return
        if self.types:
            yield _STAYS
        yield f"They exist for about {self.minutes} minutes, and cost at most {self.cost:.2f} USD."
        if self.rights is not None:
            yield from _rights(self.rights)


def _rights(rights: Rights) -> Iterator[str]:
    yield f"It requires {len(rights.needed)} IAM actions."
    if rights.unknown:
        yield f"Whether they are allowed is unknown: {rights.unknown}."
    elif not rights.denied:
        yield "IAM's policy simulator allows all of them."
    for each in rights.denied:
        yield f"IAM's policy simulator denies: {each}"
