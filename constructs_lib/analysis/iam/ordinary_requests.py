"""Ordinary requests: sent now, over TLS, directly, without MFA and not from a VPC, by an address that nobody knows.

Source: "AWS global condition context keys" (IAM user guide) and "Actions, resources, and condition keys for Amazon S3"
(service authorization reference).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.iam.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.iam.requests import Value

DIRECTLY: Final = {"aws:viaawsservice": "false", "aws:principalisawsservice": "false", "s3:tlsversion": "1.3"}
"""Condition keys of a direct call over current TLS, not made by a service on a principal's behalf."""
_FROM_A_VPC: Final = frozenset(
    {
        "aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "aws:sourcevpc", "aws:sourcevpcarn",
        "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip",
    }
)  # fmt: skip
_OF_OTHERS: Final = frozenset(
    {
        "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:multifactorauthage",
        "aws:multifactorauthpresent", "aws:principalservicename", "aws:principalservicenameslist", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceidentity", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths",
        "aws:username", "s3:accessgrantsinstancearn", "s3:accesspointnetworkorigin", "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)  # fmt: skip
"""Keys that a request has only with MFA, from a service or by an access point, or whose value differs by place."""


def sent_now() -> dict[str, Value]:
    """Return the condition keys of a direct request over TLS at the current time."""
    now = dt.datetime.now(dt.UTC)
    times = {"aws:currenttime": now.isoformat(), "aws:epochtime": str(int(now.timestamp())), "s3:signatureage": "0"}
    return {**DIRECTLY, "aws:securetransport": "true", **times}


class OrdinaryRequests:
    """The conditions that hold for every ordinary request.

    Args:
        given: Further condition keys with their values, in lower case. They replace those of an ordinary request.
        in_vpc: Whether requests may come from a VPC, as those of functions.

    Attributes:
        context: The condition keys that all of them have.
    """

    def __init__(self, given: Mapping[str, Value], *, in_vpc: bool) -> None:
        """Collect the keys."""
        now = sent_now()
        self.context: Mapping[str, Value] = {**now, "aws:tokenissuetime": now["aws:currenttime"], **given}
        self._keys = {*self.context, *_OF_OTHERS, *(() if in_vpc else _FROM_A_VPC)}

    def of(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that may apply, with the conditions that depend on the request alone."""
        kept = (each for each in statements if not (each.allow and any(self.unmet(each))))
        return tuple(
            replace(each, conditions=tuple(one for one in each.conditions if one.key not in self._keys))
            for each in kept
            if each.allow or all(self._holds(one, each) for one in each.conditions)
        )

    def unmet(self, statement: Statement) -> Iterator[Condition]:
        """Yield the conditions by which an Allow does not apply to an ordinary request, or a Deny does."""
        for each in statement.conditions:
            if each.key in self._keys and self._holds(each, statement) is not statement.allow:
                yield each

    def _holds(self, condition: Condition, statement: Statement) -> bool:
        if condition.key not in self._keys:
            return True
        one = replace(statement, actions=("*",), not_actions=(), resources=("*",), not_resources=(), conditions=())
        # A Deny applies where it takes away what everything else allows.
        statements = (replace(one, conditions=(condition,)), *(() if statement.allow else (replace(one, allow=True),)))
        request = Request(action="*", resource="*", context=self.context)
        return evaluate(request, identity=[Policy(source="", statements=statements)]).allowed is statement.allow
