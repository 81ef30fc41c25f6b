"""A table whose rows belong to the user named by their partition key."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access import Rule, SubjectKind, allow
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.access.statements import grant_statements
from constructs_lib.argument_checks import checked
from constructs_lib.database.index import Index, check_indexes, key_name
from constructs_lib.database.owned_rows import declare_rows
from constructs_lib.database.rights import TableRights
from constructs_lib.database.rule_conflicts import Rows, Writes, claim_rows, partition_rows, rows_of, writes_of
from constructs_lib.database.rules import check_index, check_rows
from constructs_lib.database.table import check_keys, create_table
from constructs_lib.existing_resources import check_arn, check_created, refuse_settings
from constructs_lib.function_wrappers import function_of
from constructs_lib.key_policies import check_key
from constructs_lib.rule_conflicts import AccessRuleRegistry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_backup as backup
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

    from constructs_lib.auth import Auth
    from constructs_lib.functions import PythonFunction

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@checked
class OwnedTable(Construct):
    """A DynamoDB table in which each caller can access only the rows under their own partition key.

    Callers get item actions only. Scan and PartiQL scans name no partition key, so IAM cannot limit them.

    Granting write without get, or some attributes only, does not hide the rest from a determined client: a conditional
    write reveals whether its condition holds, and AWS does not document that IAM withholds the old item that a failed
    condition may return (`ReturnValuesOnConditionCheckFailure`). Keep secrets in separate rows.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth whose guests, users and groups the rules name. Its `owner` determines the content of the
            partition key.
        access: Rules for the rows of an owner or a tenant. At a key with `{owner}` a rule for another subject covers
            every owner's rows, so it must have `everyone=True`, or `everyone="tenant"` for those of the caller's
            tenant. A rule may be limited to some attributes; then reads must list them and writes are updates.
        partitions: Rules for rows without an owner, by their partition-key value, such as
            `{"public": [allow.guest.to("read")]}`. Default: every row has an owner.
        sort_key: Name of the sort key, a string, or an attribute with its type. Default: one row per owner.
        owner_key: Name of the partition key. Default: "owner" (a string attribute of that name).
        key: The content of the partition key: text with `{owner}`, `{tenant}` or the key of another claim, such as
            `TENANT#{tenant}`. Rules at a key with `{tenant}` apply to the caller's own tenant. Default: only the
            owner's ID.
        indexes: Global secondary indexes. Callers who may list rows may query the indexes grouped by owner; callers who
            may list only some attributes, the indexes ordered by one of them. Default: no indexes.
        time_to_live_attribute: The attribute with the expiry time, in seconds since 1970; a row is deleted within some
            days after it. Default: rows do not expire.
        stream: The part of a changed row that `on_change` receives. Default: no stream.
        replica_regions: Regions with a full copy, which callers may use too. The stack must have an explicit region.
            Default: the table is only in the stack's region.
        encryption_key: The KMS key that encrypts rows; callers can decrypt with it through DynamoDB, for this table
            only. The stack must have an explicit region. For an existing table: its key. Default: DynamoDB's own key,
            or the key that the existing table references.
        replica_key_arns: ARN of the key of each replica, by region; required with `encryption_key`. Default: DynamoDB's
            own key.
        contributor_insights: Whether CloudWatch reports the most used keys, at a price per event. Default: it does not.
        max_read_units: The maximum read request units a second, which limits the cost of reads; DynamoDB throttles
            requests beyond it. Default: there is no limit.
        max_write_units: The maximum write request units a second. Default: there is no limit.
        table_name: A physical name. An update that replaces the table then fails, because names are unique. Default:
            CloudFormation generates a name.
        backup_plan: An AWS Backup plan that covers the table. Default: point-in-time recovery only.
        table: An existing table whose partition key is the owner; it keeps its settings. Default: a new table, on
            demand, encrypted, with point-in-time recovery.
        removal_policy: What happens to a new table when it leaves the stack. Default: RETAIN (it is kept, with deletion
            protection).

    Raises:
        ValueError: For a rule that would implicitly open every owner's rows, a partition that could be an owner's, a
            subject that the Auth does not have, a setting of an existing table, rows that another OwnedTable opens in
            the same table, or permissions beyond IAM's limits.

    Attributes:
        table_name: The name of the new or existing table.
        table_arn: Its ARN.
        owner_key: The value of the argument.
        key: The content of the partition key, parsed.
        sort_key: The name of the sort key.
        indexes: The value of the argument.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        access: Sequence[Rule],
        partitions: Mapping[str, Sequence[Rule]] = _NONE,
        sort_key: str | dynamodb.Attribute | None = None,
        owner_key: str = "owner",
        key: str = "{owner}",
        indexes: Sequence[Index] = (),
        time_to_live_attribute: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
        replica_regions: Sequence[str] = (),
        encryption_key: kms.IKey | None = None,
        replica_key_arns: Mapping[str, str] = _NONE,
        contributor_insights: bool = False,
        max_read_units: int | None = None,
        max_write_units: int | None = None,
        table_name: str | None = None,
        backup_plan: backup.BackupPlan | None = None,
        table: dynamodb.ITable | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self.key = KeyTemplate.parse(key, auth.forms)
        check_rows(access, partitions, self.key, auth.forms)
        self._index_keys = {
            index.name: KeyTemplate.parse(index.key, auth.forms) for index in indexes if index.key is not None
        }
        rules = [*access, *(rule for rules in partitions.values() for rule in rules)]
        self.owner_key = owner_key
        self.sort_key = key_name(sort_key) if sort_key is not None else None
        names = [owner_key, *([self.sort_key] if self.sort_key is not None else [])]
        for index in indexes:
            if index.name in self._index_keys:
                check_index(index, self._index_keys[index.name], rules, self.key, names)
        check_indexes(indexes, owner_key=owner_key, sort_key=sort_key)
        rules += [rule for index in indexes for rule in index.access]
        for rule in rules:
            auth.check_subject(rule.subject)
        exists = table is not None
        if table is None:
            table = create_table(
                self,
                owner_key=owner_key,
                sort_key=sort_key,
                indexes=indexes,
                time_to_live_attribute=time_to_live_attribute,
                stream=stream,
                replica_regions=replica_regions,
                encryption_key=encryption_key,
                replica_key_arns=replica_key_arns,
                contributor_insights=contributor_insights,
                max_read_units=max_read_units,
                max_write_units=max_write_units,
                table_name=table_name,
                removal_policy=removal_policy,
            )
        else:
            refuse_settings(
                "table",
                time_to_live_attribute=time_to_live_attribute,
                stream=stream,
                contributor_insights=contributor_insights,
                max_read_units=max_read_units,
                max_write_units=max_write_units,
                table_name=table_name,
                removal_policy=removal_policy is not RemovalPolicy.RETAIN,
            )
            check_arn("table", table.table_arn)
            check_keys(table, owner_key=owner_key, sort_key=self.sort_key)
        self._auth = auth
        self.indexes = tuple(indexes)
        self._table = table
        self._exists = exists
        self.table_name: str = table.table_name
        self.table_arn: str = table.table_arn
        # A new table has a stream ARN attribute with or without a stream; replicas add a stream.
        self._stream_arn = table.table_stream_arn if exists or stream is not None or replica_regions else None
        own_key = encryption_key or table.encryption_key
        check_key(own_key)
        self._table_rights = self._rights(replica_regions, own_key, replica_key_arns)
        self._claim(auth, access, partitions, [*writes_of(rules, names)])
        self._open_rows(auth, access, partitions, rules)
        declare_rows(table, self.key, access, auth, names, self._index_keys.values(), exists=exists)
        if backup_plan is not None:
            self._back_up(backup_plan)

    @property
    def table(self) -> dynamodb.TableV2:
        """The table that this construct created.

        Raises:
            ValueError: For an existing table.
        """
        check_created(self, "table", exists=self._exists)
        made: dynamodb.TableV2 = self._table  # type: ignore[assignment] # `create_table` made it
        return made

    def grant(self, grantee: iam.IGrantable | PythonFunction, *verbs: str, scan: bool = False) -> iam.Grant:
        """Grant a function, which is trusted code, access to the rows of every owner and every index.

        Narrower than CDK's `grant_read_write_data`: item actions of the given verbs, and Scan only with `scan`.

        Args:
            grantee: A `PythonFunction`, an L2 function or another grantable.
            verbs: Verbs as in rules, such as "write", or "read" for get and list.
            scan: Whether it may also read the whole table without naming a key. Default: it may not.

        Raises:
            ValueError: For no verb or an unknown one, or a role of users.
        """
        subject = allow.function(grantee)
        self._auth.check_subject(subject)
        rule = subject.to(*verbs, everyone=True)
        statements = self._table_rights.given([rule], {}, frozenset({subject}))
        if scan:
            statements.append(self._table_rights.scan())
        return grant_statements(subject.function, statements)

    def on_change(
        self,
        id: str,
        function: lambda_.IFunction | PythonFunction,
        *,
        batch_size: int = 100,
        retry_attempts: int = 10,
        filters: Sequence[Mapping[str, Any]] = (),
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> lambda_.EventSourceMapping:
        """Invoke a function with batches of changed rows, in order per row, starting with the latest changes.

        A failing batch is halved to isolate the failing row, and the function may report which rows failed
        (`batchItemFailures`).

        Args:
            id: The ID of the mapping among this construct's children. For a function of another stack the mapping is in
                that stack, under this construct's path and this ID.
            function: The function; it may read the stream after this.
            batch_size: The maximum number of rows per call. Default: 100.
            retry_attempts: The number of retries of a failing batch. Default: 10.
            filters: The changes that invoke the function, as created by `lambda_.FilterCriteria.filter`, for example
                `lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})`; one match is
                sufficient. Default: every change.
            dead_letter_queue: The queue that receives the metadata of discarded batches. Default: no queue, and they
                are lost.

        Raises:
            ValueError: When the table has no stream.
        """
        # Importing Lambda and its event sources takes longer than the rest together.
        from constructs_lib.database.stream import create_mapping  # noqa: PLC0415 - few tables have a stream

        return create_mapping(
            self,
            id,
            table=self._table,
            stream_arn=self._stream_arn,
            function=function_of(function),
            batch_size=batch_size,
            retry_attempts=retry_attempts,
            filters=filters,
            dead_letter_queue=dead_letter_queue,
        )

    def _claim(
        self, auth: Auth, access: Sequence[Rule], partitions: Mapping[str, Sequence[Rule]], writes: Sequence[Writes]
    ) -> None:
        """Refuse rows that another OwnedTable on the same table opens."""
        rows = [*rows_of(self.key, access, auth.forms)] if access else []
        rows += map(partition_rows, partitions)
        for index in self.indexes:
            if index.name in self._index_keys:
                rows += rows_of(self._index_keys[index.name], index.access, auth.forms, index.name)
        registry: AccessRuleRegistry[Rows | Index | Writes] = AccessRuleRegistry(
            self, self._table, name=self.table_name, arn=self.table_arn, exists=self._exists, everywhere=False
        )
        claim_rows(registry, rows, self.indexes, writes, construct=self)

    def _open_rows(
        self, auth: Auth, access: Sequence[Rule], partitions: Mapping[str, Sequence[Rule]], rules: Sequence[Rule]
    ) -> None:
        rights = self._table_rights
        auth.allow_roles(self, {role: rights.given(access, partitions, subjects) for subjects, role in auth.callers()})
        functions = (rule.subject for rule in rules if rule.subject.kind is SubjectKind.FUNCTION)
        for subject in dict.fromkeys(functions):
            auth.grant(self, subject, rights.given(access, partitions, frozenset({subject})))

    def _rights(
        self, replica_regions: Sequence[str], key: kms.IKey | None, replica_key_arns: Mapping[str, str]
    ) -> TableRights:
        stack = Stack.of(self._table)
        regions = [self._table.env.region if self._exists else stack.region, *replica_regions]
        replicas = [
            stack.format_arn(
                service="dynamodb",
                account=self._table.env.account,
                region=region,
                resource="table",
                resource_name=self.table_name,
            )
            for region in replica_regions
        ]
        return TableRights(
            table_arns=(self.table_arn, *replicas),
            table_name=self.table_name,
            owner_key=self.owner_key,
            key=self.key,
            sort_key=self.sort_key,
            indexes=self.indexes,
            index_keys=self._index_keys,
            variables=self._auth.variables,
            key_arns=(key.key_arn, *replica_key_arns.values()) if key is not None else (),
            hosts=tuple(f"dynamodb.{region}.{stack.url_suffix}" for region in regions) if key is not None else (),
        )

    def _back_up(self, plan: backup.BackupPlan) -> None:
        from aws_cdk import aws_backup as backup  # noqa: PLC0415 - 50 ms to import, and few ask for it

        resource = backup.BackupResource.from_dynamo_db_table(self._table)
        plan.add_selection(self.node.path.replace("/", ""), resources=[resource])
