"""The metadata of a bucket's owned folders, against which the proof checks the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnResource

from constructs_lib.access.folders import opened_folders
from constructs_lib.access.language import OWNERS, caller_of
from constructs_lib.actions import S3_VERBS, actions_of
from constructs_lib.declared_places import declare_places

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from aws_cdk import aws_s3 as s3

    from constructs_lib.access import Folder, Rule
    from constructs_lib.auth import Auth


def declare_folders(bucket: s3.IBucket, folders: Mapping[Folder, Sequence[Rule]], auth: Auth, *, exists: bool) -> None:
    """Record the owned folders of a bucket of the app, and who may access those of other owners."""
    places = [
        f"{folder.prefix(auth.variables)}*"
        for folder, rules in folders.items()
        if folder.claims or any(rule.subject.kind in OWNERS for rule in rules)
    ]
    made = bucket.node.default_child
    if places and isinstance(made, CfnResource):
        declare_places(made, places, _opened(folders, auth, places), exists=exists)


def _opened(folders: Mapping[Folder, Sequence[Rule]], auth: Auth, places: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "caller": caller_of(subjects),
            "actions": actions_of(S3_VERBS, verbs),
            **({"within": list(folder.placeholders[:kept])} if kept else {}),
        }
        for subjects, _ in auth.callers()
        for (folder, kept), verbs in opened_folders(folders, subjects).items()
        if (place := f"{folder.prefix(auth.variables)}*") in places
    ]
