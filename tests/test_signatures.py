"""Public signatures side by side: one way for one thing."""

import inspect
from dataclasses import MISSING, fields, is_dataclass
from typing import Final

from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.auth import Auth
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage, presets
from tests.public_api import public, signatures

POSITIONAL: Final = {
    "ResourceServer": ("identifier", "scopes"),
    "RoleRule": ("claim", "value"),
    "Route": ("method", "path", "handler"),
}
"""Values that need more than a name to be themselves."""


def test_only_what_names_a_value_is_positional() -> None:
    """A value that must be given a name takes it without the keyword; everything else is by keyword."""
    wrong = {}
    for name, target in public():
        if not is_dataclass(target):
            continue
        short = name.rpartition(".")[2]
        given = tuple(each.name for each in fields(target) if not each.kw_only)
        first = fields(target)[0]
        named = ("name",) if first.name == "name" and first.default is MISSING else given
        if given != POSITIONAL.get(short, named) or (len(given) > 1 and short not in POSITIONAL):
            wrong[name] = given
    assert wrong == {}


def test_nothing_is_none_and_never_an_empty_text() -> None:
    wrong = [
        f"{name}({each.name}={each.default!r})"
        for name, signature in signatures()
        for each in signature.parameters.values()
        if each.default in ("", b"")
    ]
    assert wrong == []


def test_what_was_made_is_an_attribute_of_the_cdks_own_class() -> None:
    """An interface would hide what only a new one has, such as `TableV2.replica`."""
    stack = Stack(App(), "S")
    auth = Auth(stack, "Auth")
    table = OwnedTable(stack, "Rows", auth=auth, access=[allow.owner.to("read")])
    assert isinstance(table.table, dynamodb.TableV2)
    assert isinstance(Storage(stack, "Files", auth=auth, access=presets.private()).bucket, s3.Bucket)
    made = (vars(OwnedTable)["table"], vars(Storage)["bucket"])
    told = {inspect.signature(each.fget).return_annotation for each in made}
    assert told == {"dynamodb.TableV2", "s3.Bucket"}


def test_constructs_take_scope_and_id_by_position_and_all_options_by_keyword() -> None:
    wrong = {}
    for name, target in public():
        if inspect.isclass(target) and issubclass(target, Construct):
            parameters = list(inspect.signature(target.__init__).parameters.values())
            free = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
            if free != ["self", "scope", "id"]:
                wrong[name] = free
    assert wrong == {}
