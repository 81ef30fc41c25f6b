"""Folders shared by several users, through an API and a list of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

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

_lists: Final[WeakKeyDictionary[Any, str]] = WeakKeyDictionary()
"""The construct whose list each function maintains."""


@checked
class SharedFolders(Construct):
    """A list of the members of shared folders, maintained by the one function that can access those folders.

    IAM cannot look up members in a table, and a role that named members would change with each of them. No caller's
    role therefore has access to a shared folder: the function looks the caller up and signs a URL for one object
    (`examples/shared_folders` has such a function). Members read their own entries directly from the table.

    The function gets, as environment variables, `SHARED_FOLDERS_TABLE`, `SHARED_FOLDERS_BUCKET` and
    `SHARED_FOLDERS_PREFIX` (the prefix of the folders, ending in `/`).

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth of the members; its `owner` determines their IDs.
        storage: The storage of the folders. Its rules must open the folder only to functions.
        function: The function.
        folder: Path of the folder that holds the shared folders. Default: `shared/*`.
        removal_policy: What happens to the list when the stack is deleted. Default: RETAIN (it is kept, with deletion
            protection).

    Raises:
        ValueError: When the storage does not open the folder to the function, or opens it to users; when the function
            already maintains another list.

    Attributes:
        members: The list: partition key `member` (the owner's ID), sort key `folder`; index `by-folder` for the
            function.
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
        shared = Folder.parse(folder, [])
        self._check_folder(storage, shared, function)
        inner: lambda_.Function = function_of(function)
        path = self.node.path
        other = _lists.setdefault(inner, path)
        if other != path:
            raise ValueError(
                f"function={inner.node.path!r} already maintains the list of {other!r}, and its environment variables "
                "name one list and one folder; create two functions from the same code"
            )
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
        inner.add_environment("SHARED_FOLDERS_TABLE", self.members.table.table_name)
        inner.add_environment("SHARED_FOLDERS_BUCKET", storage.bucket_name)
        inner.add_environment("SHARED_FOLDERS_PREFIX", shared.prefix({}))

    def _check_folder(self, storage: Storage, folder: Folder, function: lambda_.Function | PythonFunction) -> None:
        rules = storage.folders.get(folder, ())
        if allow.function(function) not in [rule.subject for rule in rules]:
            raise ValueError(
                f'{storage.node.path!r} does not open {str(folder)!r} to the function; add "{folder}": '
                '[allow.function(function).to("read", "write", "delete")] to its access'
            )
        for inner, inner_rules in storage.folders.items():
            others = [rule.subject for rule in inner_rules if rule.subject.kind is not SubjectKind.FUNCTION]
            if others and (inner == folder or inner.contains(folder) or folder.contains(inner)):
                raise ValueError(
                    f"{storage.node.path!r} opens {str(inner)!r} to {others[0]}, who could access shared folders "
                    "without being a member; remove the rule and use the function"
                )
