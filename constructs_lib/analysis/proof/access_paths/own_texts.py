"""Properties with a resource's own name, its tags and texts for people: a word there refers to no other resource.

Buckets, tables and functions have everyday names: a function `notes` and the part `notes` of a path are two things.
Sources: "Name type" (AWS CloudFormation), "CreateResource" (API Gateway API reference), "AWS service event metadata"
(Amazon EventBridge user guide), "Tag naming and usage" (AWS General Reference).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.resource_arns import is_own_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_REFER: Final = ("AWS::CloudFormation::", "AWS::Route53::", "AWS::SSM::Association")
"""Types whose property `Name` is that of another resource, of what it serves, or a text for code."""
_OWN: Final = frozenset(
    {
        ("AWS::ApiGateway::Resource", "PathPart"), ("AWS::ApiGatewayV2::Route", "RouteKey"),
        ("AWS::Events::Rule", "EventPattern", "detail-type"), ("AWS::Events::Rule", "EventPattern", "source"),
        ("AWS::Glue::Database", "DatabaseInput", "Name"), ("AWS::Glue::Table", "TableInput", "Name"),
        ("AWS::SES::Template", "Template", "SubjectPart"), ("AWS::SES::Template", "Template", "TemplateName"),
    }
)  # fmt: skip
"""Types with the property, at its depth, that holds such a word and is called otherwise than the end of the type."""
_TAGS: Final = "Tags"
_FOR_PEOPLE: Final = re.compile(r"(?:Comment|Description|DisplayName|Title)\Z")
_WORD: Final = re.compile(r"[A-Za-z0-9._-]+")


def is_own_text(type_: str, path: Sequence[str], value: Any) -> bool:
    """Return whether a value of a property is a word that refers to no other resource, whatever is called so.

    The path leads from the outermost property inwards. A custom resource may do anything with its properties.
    """
    if not path or not type_.startswith("AWS::") or type_.startswith(_REFER):
        return False
    if (type_, *path) in _OWN:
        return isinstance(value, str)
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        return False
    own = len(path) == 1 and is_own_name(type_, path[0])
    return own or _TAGS in path or _FOR_PEOPLE.search(path[-1]) is not None
