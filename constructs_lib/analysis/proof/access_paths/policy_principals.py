"""Principals whom the policy of a resource lets act on it, although identity policies alone give them no right.

Sources: "Policy evaluation logic" (IAM user guide): within one account the policy of a resource is enough; "Restrict
access to an Amazon S3 origin" (Amazon CloudFront developer guide): CloudFront passes on PUT and DELETE, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, starred
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT, applies_to_principal
from constructs_lib.analysis.proof.access_paths.node_policies import SOURCE, asks
from constructs_lib.analysis.template.atoms import ACCOUNT, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

ANYBODY: Final = "anyone"
"""The name of the principal `*`."""
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"
"""The service whose requests are those of anyone who uses a distribution."""
OF_SERVICES: Final = SOURCE | {"aws:sourceowner"}
"""Keys with which a service says for whom it acts."""
LOG_WRITERS: Final = frozenset({"cloudtrail.amazonaws.com", "logging.s3.amazonaws.com"})
"""Services that add logs to a bucket and read nothing there ("Amazon S3 bucket policy for CloudTrail", "Enabling
Amazon S3 server access logging")."""
_ACCOUNT_KEYS: Final = frozenset({"aws:sourceaccount", "aws:sourceowner"})
_ARN_PARTS: Final = 6
_DISTRIBUTIONS: Final = "arn:aws:cloudfront:*"


def granted_principals(
    allows: Callable[[Statement], object], reachable: ReachableResources
) -> Iterator[tuple[str, Statement]]:
    """Yield whom the policies and ACLs of resources let do something, in words, each with the statement.

    `allows` says whether a statement may allow it; conditions are ignored.
    """
    for statement in filter(allows, reachable.model.grants):
        by_services = any(asks(each) and each.key in SOURCE for each in statement.conditions)
        if _may_be_for_cloudfront(statement, anyone=by_services):
            yield "anyone who uses CloudFront", statement
        if not _is_for_account(statement, reachable):
            yield from (
                (f"{each}, for a resource of any account,", statement)
                for each in _services(statement, anyone=by_services)
            )
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


def _is_for_account(statement: Statement, reachable: ReachableResources) -> bool:
    """Return whether a condition lets services act for this account alone."""
    sources = [each for each in statement.conditions if asks(each) and each.key in OF_SERVICES]
    return any(all(is_of_account(each.key, value, reachable) for value in each.values) for each in sources)


def _services(statement: Statement, *, anyone: bool) -> Iterator[str]:
    """Yield the services that a statement names, except those that only write logs; any as one of all principals."""
    for kind, value in statement.principals:
        if kind == "Service" and value not in {_CLOUDFRONT, *LOG_WRITERS}:
            yield f"the service {value}"
        elif anyone and value == "*":
            yield "an AWS service"


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


def is_of_account(key: str, value: str, reachable: ReachableResources) -> bool:
    """Return whether a value of a key of services' requests is this account, or a resource of it."""
    if is_unknown(value):
        return False
    if key in _ACCOUNT_KEYS:
        return value == ACCOUNT
    parts = split_around_atoms(value, ":", 5)
    if len(parts) < _ARN_PARTS:
        # If the format of a resource's ARN is not known, a placeholder name represents it.
        return value.startswith("⟦") and set("*?").isdisjoint(value)
    # The ARN of a bucket has no account.
    return parts[4] == ACCOUNT or any(value == each.arn for each in reachable.model.resources)
