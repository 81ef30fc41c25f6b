"""Principal tags in policies that nothing in the templates sets: whose the data with them is, is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.pattern_elements import variables_in
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.resources import Resources


def note_unset_tags(callers: Iterable[Caller], resources: Resources) -> None:
    """Add a gap for each principal tag in a signed-in caller's policies that their session and role do not have.

    A custom resource or a call outside the templates may set it. The tags of an identity pool outside the templates may
    be any, and so may a role's whose tags are not known.
    """
    for caller in callers:
        if caller.signed_in and caller.pool.known and not caller.role.tags_doubt:
            for statement in (each for policy in caller.identity for each in policy.statements):
                for name in _tags_in(statement):
                    if name not in caller.tags and name not in caller.role.tags:
                        resources.gap(
                            f"{statement.source}: nothing in the templates sets the principal tag {name}, so whose "
                            "data it names is not known; map a claim to it (AWS::Cognito::IdentityPoolPrincipalTag)"
                        )


def _tags_in(statement: Statement) -> Iterator[str]:
    if statement.variables:
        texts = [*statement.resources, *statement.not_resources]
        texts += [value for each in statement.conditions for value in each.values]
        for text in texts:
            yield from (key.removeprefix(PRINCIPAL_TAG) for key in variables_in(text) if key.startswith(PRINCIPAL_TAG))
