"""Data page: files and rows by owner, read as an administrator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.console.owners import Owner, Owners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState, Templates
    from constructs_lib.local.deployed import DeployedResource

SHOWN: Final = 200
"""The maximum number of files of a bucket, or rows of a table, on the page."""
READ: Final = 2000
"""The maximum number of bytes of a file on the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataItem:
    """A file or a row.

    Attributes:
        key: The file's key, or the row's as JSON.
        details: The file's size and time, or the row as JSON.
    """

    key: str
    details: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredData:
    """A bucket or a table.

    Attributes:
        name: Its name in the templates.
        kind: `bucket` or `table`.
        id: Its physical ID.
        owners: The items by owner; items without an owner come first.
        whole: Whether the page shows every item.
    """

    name: str
    kind: str
    id: str
    owners: dict[Owner, list[DataItem]]
    whole: bool


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes."""

    def page(request: Request, _: Fields) -> Response:
        templates = state.templates()
        holdings = [_bucket(state, templates, each) for each in templates.of("AWS::S3::Bucket")]
        holdings += [
            _table(state, templates, each)
            for each in templates.of("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
        ]
        return pages.render(request, "data.html", holdings=holdings, most=SHOWN)

    def file(request: Request, fields: Fields) -> Response:
        answer = state.client("s3").get_object(Bucket=fields["bucket"], Key=fields["key"])
        text = answer["Body"].read(READ).decode("utf-8", "replace")
        return pages.render(request, "_file.html", text=text, size=answer["ContentLength"], read=READ)

    return [pages.page("/data", page, name="data"), pages.page("/data/file", file, name="file")]


def _bucket(state: ConsoleState, templates: Templates, resource: DeployedResource) -> StoredData:
    listed = state.client("s3").get_paginator("list_objects_v2").paginate(Bucket=resource.physical_id)
    found = list(islice((each for page in listed for each in page.get("Contents", [])), SHOWN + 1))
    things = [
        (each["Key"], DataItem(key=each["Key"], details=f"{each['Size']} bytes, {each['LastModified']:%Y-%m-%d %H:%M}"))
        for each in found
    ]
    return _holding(templates, resource, "bucket", things)


def _table(state: ConsoleState, templates: Templates, resource: DeployedResource) -> StoredData:
    client = state.client("dynamodb")
    schema = client.describe_table(TableName=resource.physical_id)["Table"]["KeySchema"]
    names = [each["AttributeName"] for each in sorted(schema, key=lambda each: str(each["KeyType"]))]
    pages = client.get_paginator("scan").paginate(TableName=resource.physical_id)
    found = list(islice((each for page in pages for each in page["Items"]), SHOWN + 1))
    things = [
        (
            str(_value(each[names[0]])),
            DataItem(
                key=" / ".join(str(_value(each[name])) for name in names),
                details=json.dumps({name: _value(value) for name, value in each.items()}, ensure_ascii=False, indent=2),
            ),
        )
        for each in found
    ]
    return _holding(templates, resource, "table", things)


def _holding(
    templates: Templates, resource: DeployedResource, kind: str, things: Iterable[tuple[str, DataItem]]
) -> StoredData:
    name, found = templates.name_of(resource), list(things)
    owners = Owners(templates.models[0], name)
    by_owner: dict[Owner, list[DataItem]] = {}
    for key, thing in found[:SHOWN]:
        by_owner.setdefault(owners.of(key), []).append(thing)
    ordered = dict(sorted(by_owner.items()))
    return StoredData(name=name, kind=kind, id=resource.physical_id, owners=ordered, whole=len(found) <= SHOWN)


def _value(typed: dict[str, Any]) -> Any:
    """Return an attribute's value as a JSON value; bytes and sets as text."""
    kind, value = next(iter(typed.items()))
    if kind == "M":
        return {name: _value(each) for name, each in value.items()}
    if kind == "L":
        return [_value(each) for each in value]
    return value if isinstance(value, str | bool) or kind == "NULL" else str(value)
