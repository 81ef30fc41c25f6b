"""The metadata of a table's owned rows, against which the proof checks the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnResource

from constructs_lib.access.language import OWNERS
from constructs_lib.database.rules import opened_rows
from constructs_lib.declared_places import declare_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aws_cdk import aws_dynamodb as dynamodb

    from constructs_lib.access import Rule
    from constructs_lib.access.partition_keys import KeyTemplate
    from constructs_lib.auth import Auth


def declare_rows(
    table: dynamodb.ITable,
    key: KeyTemplate,
    access: Sequence[Rule],
    auth: Auth,
    names: Sequence[str],
    index_keys: Iterable[KeyTemplate],
    *,
    exists: bool,
) -> None:
    """Record the owned rows of a table of the app, and who may access those of other owners.

    An imported table has no metadata. `names` are those of the partition key and the sort key, and `index_keys` the
    partition keys of indexes with separate keys; `exists` says whether the table was passed to the construct.
    """
    keys = [key] if key.claims or any(rule.subject.kind in OWNERS for rule in access) else []
    keys += index_keys
    made = table.node.default_child
    if isinstance(made, CfnResource) and keys:
        owned = [each.value(auth.variables) for each in keys]
        declare_places(made, owned, opened_rows(access, auth, names, key), exists=exists)
