"""Folders of several people, reached through an API and a list of who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from constructs import Construct

from constructs_lib.access import Folder, SubjectKind, allow
from constructs_lib.argument_checks import checked
from constructs_lib.database import Index, OwnedTable
from constructs_lib.function_wrappers import function_of

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from constructs_lib.auth import Auth
    from constructs_lib.functions import PythonFunction
    from constructs_lib.storage import Storage


@checked
class SharedFolders(Construct):
    """A list of who may use which shared folder, kept by the one function that reaches those folders.

    IAM cannot ask a table who is a member, and a role that named members would have to change with each of them. So
    no caller's role reaches a shared folder: the function looks the caller up and signs a URL for one object
    (`examples/shared_folders` has such a function). Members read their own entries straight from the table.

    The function gets, as environment variables, `SHARED_FOLDERS_TABLE`, `SHARED_FOLDERS_BUCKET` and
    `SHARED_FOLDERS_PREFIX` (where the folders lie, ending in `/`).

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: Whose users the members are; its `owner` decides what they are known by.
        storage: The storage the folders lie in. Its rules open the folder to the function, and to nobody else.
        function: The function.
        folder: Path of the folder that holds the shared folders. By default `shared/*`.
        removal_policy: What becomes of the list when the stack goes. RETAIN: it stays, and is protected against
            deletion.

    Raises:
        ValueError: When the storage does not open the folder to the function, or opens it to somebody else.

    Attributes:
        members: The list: partition key `member` (what an owner is known by), sort key `folder`; index `by-folder`
            for the function.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        storage: Storage,
        function: lambda_.Function | PythonFunction,
        folder: str = "shared/*",
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self._check_folder(storage, Folder.parse(folder), function)
        self.members = OwnedTable(
            self,
            "Members",
            auth=auth,
            access=[allow.owner.to("read")],
            owner_key="member",
            sort_key="folder",
            indexes=[Index("by-folder", partition_key="folder", sort_key="member", functions_only=True)],
            removal_policy=removal_policy,
        )
        self.members.grant(function, "read", "write", "delete")
        inner: lambda_.Function = function_of(function)
        inner.add_environment("SHARED_FOLDERS_TABLE", self.members.table.table_name)
        inner.add_environment("SHARED_FOLDERS_BUCKET", storage.bucket_name)
        inner.add_environment("SHARED_FOLDERS_PREFIX", Folder.parse(folder).prefix({}))

    def _check_folder(self, storage: Storage, folder: Folder, function: lambda_.Function | PythonFunction) -> None:
        rules = storage.folders.get(folder, ())
        if allow.function(function) not in [rule.subject for rule in rules]:
            raise ValueError(
                f"{storage.node.path!r} does not open {str(folder)!r} to the function: add "
                f'"{folder}": [allow.function(function).to("read", "write", "delete")] to its access'
            )
        for inner, inner_rules in storage.folders.items():
            others = [rule.subject for rule in inner_rules if rule.subject.kind is not SubjectKind.FUNCTION]
            if others and (inner == folder or inner.contains(folder) or folder.contains(inner)):
                raise ValueError(
                    f"{storage.node.path!r} opens {str(inner)!r} to {others[0]}, who would reach shared folders "
                    "without being a member: leave them to the function"
                )
