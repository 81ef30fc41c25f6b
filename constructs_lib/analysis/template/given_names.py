"""The names that templates give their resources, or use in policies, as globs.

A parameter, a mapping or a stored value may be one of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.references import VARIABLE
from constructs_lib.analysis.template.resource_arns import NAME_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.template.templates import Template


_NAMES: Final = {**NAME_PROPERTIES, "AWS::S3::BucketPolicy": "Bucket", "AWS::SSM::Parameter": "Name"}
_IN_ARN: Final = re.compile(r"(?::::|:table/)([A-Za-z0-9._-]+)")
"""The name of a bucket or table in an ARN."""


def given_names(templates: Iterable[Template]) -> frozenset[str]:
    """Return the names, with a star for each part that is a function or a reference.

    They are the names of resources, of buckets and tables in ARNs, and the keys in the Parameter Store.
    """
    found: set[str] = set()
    for template in templates:
        for resource in template.body["Resources"].values():
            if isinstance(resource, dict):
                properties = resource.get("Properties")
                name = _NAMES.get(str(resource.get("Type")))
                if name is not None and isinstance(properties, dict):
                    found.update(_globs(properties.get(name)))
                found.update(_in_arns(properties))
    return frozenset(each for each in found if each.strip("*-."))


def _globs(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case {"Fn::If": [_, yes, no]}:
            yield from _globs(yes)
            yield from _globs(no)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            yield VARIABLE.sub("*", text)
        case {"Fn::Join": [str(separator), list(parts)]}:
            yield separator.join(part if isinstance(part, str) else "*" for part in parts)


def _in_arns(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _IN_ARN.findall(value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _in_arns(each)
