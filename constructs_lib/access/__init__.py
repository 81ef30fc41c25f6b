"""The access language, `allow.owner.to("read", "write")`, and its compiler to IAM statements."""

from constructs_lib.access.folder_checks import parse_folders
from constructs_lib.access.folder_policies import compile_folders
from constructs_lib.access.folders import Folder
from constructs_lib.access.language import Rule, Subject, SubjectKind, allow
from constructs_lib.access.public_access import anyone
from constructs_lib.access.row_policies import compile_rows
from constructs_lib.access.statements import Statement
from constructs_lib.actions import Verb

__all__ = [
    "Folder",
    "Rule",
    "Statement",
    "Subject",
    "SubjectKind",
    "Verb",
    "allow",
    "anyone",
    "compile_folders",
    "compile_rows",
    "parse_folders",
]
