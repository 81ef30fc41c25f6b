"""Principals whom the policy of a resource lets act on it, although identity policies alone give them no right.

Source: "Policy evaluation logic" (IAM user guide): within one account the policy of a resource is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

ANYBODY: Final = "anyone"
"""The name of the principal `*`."""
_OWN: Final = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})
"""The account delegates to its identity policies, which are checked."""


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
        elif kind != "Service" and value not in _OWN:
            yield ANYBODY if value == "*" else value


__all__ = ["ANYBODY", "untrusted_principals"]
