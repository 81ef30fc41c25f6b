"""Principal tags in policies that nothing in the templates sets: who has them is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.pattern_elements import variables_in
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.principals import applies_to_principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resources


def note_unset_tags(callers: Iterable[Caller], holders: Sequence[Holder], resources: Resources) -> None:
    """Add a gap for each principal tag in the policies for a signed-in caller that their session and role do not have.

    A custom resource or a call outside the templates may set it. The tags of an identity pool outside the templates may
    be any, and so may a role's whose tags are not known.
    """
    for caller in callers:
        if caller.signed_in and caller.pool.known and not caller.role.tags_doubt:
            for statement in _statements_for(caller, holders):
                for name in _tags_in(statement):
                    if name not in caller.tags and name not in caller.role.tags:
                        resources.gap(
                            f"{statement.source}: nothing in the templates sets the principal tag {name}, so who "
                            "has it and whose data it names is not known; map a claim to it "
                            "(AWS::Cognito::IdentityPoolPrincipalTag)"
                        )


def _statements_for(caller: Caller, holders: Sequence[Holder]) -> Iterator[Statement]:
    for policy in caller.identity:
        yield from policy.everything
    for policy in map(caller.policy_of, holders):
        for each in policy.everything:
            if applies_to_principal(each, caller.principal):
                yield each


def _tags_in(statement: Statement) -> Iterator[str]:
    keys = [each.key for each in statement.conditions]
    texts = [*statement.resources, *statement.not_resources]
    texts += [value for each in statement.conditions for value in each.values]
    keys += [key for text in texts if statement.variables for key in variables_in(text)]
    yield from (key.removeprefix(PRINCIPAL_TAG) for key in keys if key.startswith(PRINCIPAL_TAG))
