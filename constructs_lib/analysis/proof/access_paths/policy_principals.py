"""Principals whom the policy of a resource lets act on it, although identity policies alone give them no right.

Sources: "Policy evaluation logic" (IAM user guide): within one account the policy of a resource is enough; "Restrict
access to an Amazon S3 origin" (Amazon CloudFront developer guide): CloudFront passes on PUT and DELETE, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, starred
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT, applies_to_principal
from constructs_lib.analysis.proof.access_paths.node_policies import SOURCE, asks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

ANYBODY: Final = "anyone"
"""The name of the principal `*`."""
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"
"""The service whose requests are those of anyone who uses a distribution."""
_DISTRIBUTIONS: Final = "arn:aws:cloudfront:*"


def granted_principals(
    allows: Callable[[Statement], object], reachable: ReachableResources
) -> Iterator[tuple[str, Statement]]:
    """Yield whom the policies and ACLs of resources let do something, in words, each with the statement.

    Args:
        allows: Whether a statement may allow it; conditions are ignored.
        reachable: The owned data.
    """
    for statement in filter(allows, reachable.model.grants):
        by_services = any(asks(each) and each.key in SOURCE for each in statement.conditions)
        if _may_be_for_cloudfront(statement, anyone=by_services):
            yield "anyone who uses CloudFront", statement
        if not by_services:
            yield from ((who, statement) for who in untrusted_principals(statement, reachable))


def _may_be_for_cloudfront(statement: Statement, *, anyone: bool) -> bool:
    """Return whether a statement may allow requests of CloudFront; `anyone`: also as one of all principals."""
    named = any(
        kind == "Service" and (value == _CLOUDFRONT or is_unknown(value)) for kind, value in statement.principals
    )
    named |= anyone and (statement.not_principals or any(value == "*" for _, value in statement.principals))
    sources = [each for each in statement.conditions if each.key == "aws:sourcearn" and asks(each)]
    return named and all(any(globs_meet(starred(arn), _DISTRIBUTIONS) for arn in each.values) for each in sources)


def untrusted_principals(statement: Statement, reachable: ReachableResources) -> Iterator[str]:
    """Yield the principals whom a statement names, in words; conditions are ignored.

    Left out are this account, AWS services, and the roles of the templates that nobody else has or makes act.
    """
    if statement.not_principals or not statement.principals:
        yield "an unknown principal"
        return
    model = reachable.model
    yield from (str(each) for each in model.callers if applies_to_principal(statement, each.principal))
    for kind, value in statement.principals:
        if value in model.roles:
            if value in reachable.shared_roles:
                yield f"the role {model.roles[value].name}, which others may take or make act,"
        elif kind != "Service" and value not in OWN_ACCOUNT:
            yield ANYBODY if value == "*" else value


__all__ = ["ANYBODY", "granted_principals", "untrusted_principals"]
