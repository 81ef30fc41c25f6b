"""The S3 objects that a value refers to: as two properties, as a URL, as an ARN, or inside a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.analysis.iam.arns import normalise_arn

_BUCKET: Final = r"((?:⟦[^⟧]*⟧|[A-Za-z0-9._-])+)"
_KEY: Final = r"((?:⟦[^⟧]*⟧|[^\s'\"`,;|&<>()\\⟦])*)"
_HOST: Final = r"s3[A-Za-z0-9.⟦⟧:_-]*\.amazonaws\.com(?:\.cn)?"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"s3[an]?://{_BUCKET}/?{_KEY}",
        rf"arn:aws[a-z-]*:s3:::{_BUCKET}/?{_KEY}",
        rf"https?://{_HOST}/{_BUCKET}/?{_KEY}",
        rf"https?://{_BUCKET}\.{_HOST}/?{_KEY}",
    )
)
DATA: Final = frozenset({"Environment", "EnvironmentVariables", "RuntimeEnvironmentVariables"})
"""Properties in which a bucket without a key is only data; a literal object may be run."""
_NAMES: Final = (("S3Bucket", ("S3Key", "S3ObjectKey")), ("Bucket", ("Key",)), ("BucketName", ("ObjectKey",)))
"""Properties with a bucket, each with those that may hold the object's key."""
_LOCATION: Final = "Location"
_PATH: Final = re.compile(r"(⟦[^⟦⟧]*⟧|[a-z0-9][a-z0-9.-]*)/([A-Za-z0-9!_.*'()/-]+)")
"""A bucket with a folder or an object, as CodeBuild's property `Location` has them ("AWS::CodeBuild::Project Source",
"ProjectCache", CloudFormation template reference)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LiteralObject:
    """An object, or all below a key.

    The glob is of its keys.
    """

    bucket: str
    glob: str


def literal_objects(value: Any, *, data: bool = False) -> tuple[list[LiteralObject], Any]:
    """Return the literal objects of a value, each once, and the rest of the value without them.

    `data` says whether a bucket without a key is only data; within the properties `DATA` it is.
    """
    found: dict[LiteralObject, None] = {}
    rest = _without(value, found, data=data)
    return list(found), rest


def _without(value: Any, found: dict[LiteralObject, None], *, data: bool) -> Any:
    if isinstance(value, list):
        return [_without(each, found, data=data) for each in value]
    if isinstance(value, Mapping):
        used: set[str] = set()
        for bucket, keys in _NAMES:
            if isinstance(value.get(bucket), str):
                key = next((value[each] for each in keys if each in value), None)
                found[LiteralObject(bucket=_name(value[bucket]), glob=exactly(key))] = None
                used |= {bucket, *keys}
        path = _PATH.fullmatch(str(value.get(_LOCATION)))
        if path is not None:
            found[LiteralObject(bucket=path[1], glob=f"{path[2]}*")] = None
            used.add(_LOCATION)
        left = {key: inner for key, inner in value.items() if key not in used}
        return {key: _without(inner, found, data=data or key in DATA) for key, inner in left.items()}
    if not isinstance(value, str):
        return value
    for form in _FORMS:
        for match in form.finditer(value):
            bucket, key = match.groups()
            if key or not data:
                # A command may read objects below a key, too.
                found[LiteralObject(bucket=bucket, glob=f"{exactly(key).removesuffix('*')}*")] = None
        value = form.sub(" ", value)
    return "" if data else value


def _name(text: str) -> str:
    return normalise_arn(text).removeprefix("arn:aws:s3:::")


def exactly(key: Any) -> str:
    """Return a key as a glob, with wildcards for its unknown parts."""
    return re.sub(r"⟦[^⟧]*⟧", "*", str(key)) if key else "*"
