"""A table whose rows belong to the user named by their partition key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.access import Rule, SubjectKind, compile_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth import Auth

_OWNERS = {SubjectKind.OWNER, SubjectKind.GUEST_OWNER}


class OwnedTable(Construct):
    """A table in which each caller reaches the rows under their own partition key, and no other.

    Callers get item actions only. Scan and PartiQL scans name no partition key, so IAM could not narrow them.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: Whose guests, users and groups the rules speak of; its `owner` decides what the partition key holds.
        access: Rules for the rows of an owner. A rule for anyone else reaches every owner's rows, so it must say
            `everyone=True`.
        sort_key: Name of the sort key, a string. None: one row per owner.
        owner_key: Name of the partition key. "owner": a string attribute of that name.
        table: A table that exists already, whose partition key is the owner. None: a new one, on demand, encrypted,
            with point-in-time recovery.
        removal_policy: What becomes of a new table when the stack goes. RETAIN: it stays, and is protected against
            deletion.

    Raises:
        ValueError: For a rule that would silently open every owner's rows, no rule, a subject that the Auth does
            not have, or rights past IAM's limits.

    Attributes:
        table: The table.
        owner_key: As given.
        sort_key: As given.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        access: Sequence[Rule],
        sort_key: str | None = None,
        owner_key: str = "owner",
        table: dynamodb.ITable | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        for rule in access:
            _check_rule(rule)
            auth.check_subject(rule.subject)
        self.owner_key = owner_key
        self.sort_key = sort_key
        self.table: dynamodb.ITable = table or self._create_table(removal_policy)
        self._open_rows(auth, access)

    def _create_table(self, removal_policy: RemovalPolicy) -> dynamodb.TableV2:
        string = dynamodb.AttributeType.STRING
        return dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name=self.owner_key, type=string),
            sort_key=dynamodb.Attribute(name=self.sort_key, type=string) if self.sort_key else None,
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=removal_policy is not RemovalPolicy.DESTROY,
            removal_policy=removal_policy,
        )

    def _open_rows(self, auth: Auth, access: Sequence[Rule]) -> None:
        arns = (self.table.table_arn,)
        for subjects, role in auth.callers():
            auth.allow_role(self, role, compile_rows(access, subjects, resources=arns, owner=auth.owner_variable))
        functions = (rule.subject for rule in access if rule.subject.kind is SubjectKind.FUNCTION)
        for subject in dict.fromkeys(functions):
            statements = compile_rows(access, frozenset({subject}), resources=arns, owner=auth.owner_variable)
            auth.allow(self, subject, statements)


def _check_rule(rule: Rule) -> None:
    if rule.subject.kind not in _OWNERS and not rule.everyone:
        raise ValueError(
            f"the rule for {rule.subject} would open every owner's rows: if that is meant say "
            f"allow.{rule.subject}.to(..., everyone=True), else use allow.owner"
        )
