"""The permissions of a caller on one table, its indexes, its replicas and its key. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.access import Statement, SubjectKind, compile_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access import Rule, Subject
    from constructs_lib.access.partition_keys import KeyTemplate
    from constructs_lib.database.index import Index


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRights:
    """A table as IAM sees it.

    Args:
        table_arns: ARN of the table in each region.
        table_name: Its name.
        owner_key: Name of the partition key.
        key: Its content.
        sort_key: Name of the sort key; None without one.
        indexes: Its indexes.
        index_keys: The content of the partition key of each index with a separate key, by name.
        variables: The IAM policy variable of each placeholder.
        key_arns: ARN of the KMS key in each region; empty when callers need none.
        hosts: DynamoDB's host name in each region.
    """

    table_arns: tuple[str, ...]
    table_name: str
    owner_key: str
    key: KeyTemplate
    sort_key: str | None
    indexes: tuple[Index, ...]
    index_keys: Mapping[str, KeyTemplate]
    variables: Mapping[str, str]
    key_arns: tuple[str, ...]
    hosts: tuple[str, ...]

    def given(
        self,
        access: Sequence[Rule],
        partitions: Mapping[str, Sequence[Rule]],
        subjects: frozenset[Subject],
    ) -> list[Statement]:
        """Return the statements of the rules for a caller who acts for these subjects."""
        trusted = all(subject.kind is SubjectKind.FUNCTION for subject in subjects)
        indexes = [index for index in self.indexes if trusted or not (index.functions_only or index.key is not None)]
        compiled = compile_rows(
            access,
            subjects,
            resources=self.table_arns,
            variables=self.variables,
            key=self.key,
            partitions=partitions,
            key_attributes=[self.owner_key, *([self.sort_key] if self.sort_key else [])],
        )
        statements = [
            replace(statement, resources=self._with(self._queried(statement, indexes))) for statement in compiled
        ]
        statements += self._own_indexes(subjects)
        return [*statements, self._use_of_key()] if statements and self.key_arns else statements

    def scan(self) -> Statement:
        """Return the permission to read the table and its indexes without naming a key."""
        return Statement(actions=("dynamodb:Scan",), resources=self._with(self.indexes))

    def _own_indexes(self, subjects: frozenset[Subject]) -> list[Statement]:
        """Return the statements of the rules of indexes with separate keys."""
        return [
            statement
            for index in self.indexes
            if index.name in self.index_keys
            for statement in compile_rows(
                index.access,
                subjects,
                resources=[f"{table}/index/{index.name}" for table in self.table_arns],
                variables=self.variables,
                key=self.index_keys[index.name],
            )
        ]

    def _queried(self, statement: Statement, indexes: Sequence[Index]) -> list[Index]:
        """Return the indexes of a statement: those that contain only attributes that it names."""
        if "dynamodb:Query" not in statement.actions:
            return []
        named: Any = statement.conditions.get("ForAllValues:StringEquals", {}).get("dynamodb:Attributes")
        return [index for index in indexes if named is None or set(index.keys(self.owner_key)) <= set(named)]

    def _with(self, indexes: Iterable[Index]) -> tuple[str, ...]:
        names = [index.name for index in indexes]
        return tuple(arn for table in self.table_arns for arn in (table, *(f"{table}/index/{name}" for name in names)))

    def _use_of_key(self) -> Statement:
        """Allow DynamoDB to decrypt the table's own key for the caller, its only use of the KMS key on their behalf.

        Source: AWS, "How Amazon DynamoDB uses AWS KMS": it uses its own grants for the rest.
        """
        context = {"kms:EncryptionContext:aws:dynamodb:tableName": self.table_name}
        return Statement(
            actions=("kms:Decrypt",),
            resources=self.key_arns,
            conditions={"StringEquals": {"kms:ViaService": list(self.hosts), **context}},
        )
