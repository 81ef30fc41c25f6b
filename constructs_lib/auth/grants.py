"""Permissions for the roles of an Auth, and for functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.access import Statement, Subject, SubjectKind
from constructs_lib.access.statements import check_added
from constructs_lib.auth import environments
from constructs_lib.auth.guests import warn_of_services
from constructs_lib.auth.role_policies import prepare
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from constructs_lib.auth.pools import Pools


class Grants:
    """The permissions of an Auth's roles: the subjects that each acts for, and its policies.

    Args:
        auth: The Auth, which contains the policies of its roles.
        stack: Its stack.
        pools: The pools of the roles.
        variables: The IAM policy variable of each placeholder.
    """

    def __init__(self, auth: Construct, stack: Stack, pools: Pools, variables: Mapping[str, str]) -> None:
        """Start with no policy."""
        self._auth = auth
        self._stack = stack
        self._roles = pools.roles
        self._placeholders = pools.placeholders
        self._triggers = pools.triggers
        self._variables = variables
        self._policies = pools.roles.policies(auth, stack)

    def callers(self) -> Iterator[tuple[frozenset[Subject], iam.IRole]]:
        """Yield each role with everything its callers act for."""
        return self._roles.callers(self._placeholders.claims)

    def reach(self, scope: Construct) -> Stack:
        """Return a construct's stack, if it can reference the Auth.

        Raises:
            ValueError: For a stack of another account, or of another region without `cross_region_references`.
        """
        stack = Stack.of(scope)
        if stack is not self._stack:
            environments.check_reach(scope, self._auth, self._roles.authenticated)
            environments.check_triggers(scope, self._auth, self._triggers)
        return stack

    def to_subject(self, scope: Construct, subject: Subject, statements: Iterable[Statement]) -> None:
        """Grant a subject compiled permissions."""
        kept = list(statements)
        if subject.kind is SubjectKind.FUNCTION:
            assert subject.function is not None  # noqa: S101 - `allow.function` always sets it
            for statement in kept:
                principal = subject.function.grant_principal
                result = principal.add_to_principal_policy(statement.to_policy_statement())
                check_added(subject.function, added=result.statement_added)
            return
        self.to_roles(scope, {role: kept for subjects, role in self.callers() if subject in subjects})

    def to_roles(self, scope: Construct, given: Mapping[iam.IRole, Sequence[Statement]]) -> None:
        """Grant permissions to roles, and to no other role.

        Raises:
            ValueError: For policies beyond IAM's limits, or a stack that cannot grant the roles permissions.
        """
        stack = self.reach(scope)
        if self._roles.guest is not None:
            warn_of_services(scope, given.get(self._roles.guest, ()))
        for role, parts in zip(given, prepare(stack, list(given.values())), strict=True):
            self._policies[role].add(stack, parts)

    def in_any_service(
        self, scope: Construct, subject: Subject, statements: Sequence[Statement], *, everyone: bool | str
    ) -> None:
        """Grant a subject permissions with placeholders, and record the owned places in the template.

        Raises:
            ValueError: For statements that no policy can limit to the subject.
        """
        from constructs_lib.any_service import StatementCompiler, plain_of  # noqa: PLC0415 - its data is read on use

        stack = self.reach(scope)
        sentences = StatementCompiler(
            subject=subject,
            everyone=everyone,
            variables=self._variables,
            forms=self._placeholders.forms,
            plain=plain_of(statements, stack.resolve),
        )
        self.to_subject(scope, subject, sentences.written(statements))
        given = [(subjects, role) for subjects, role in self.callers() if subject in subjects]
        if given and (owned := sentences.owned(statements)):
            policies = self._policies[given[0][1]]
            policies.declare(stack, OWNED_KEY, owned)
            policies.declare(stack, OPENED_KEY, sentences.opened(statements, [subjects for subjects, _ in given]))
