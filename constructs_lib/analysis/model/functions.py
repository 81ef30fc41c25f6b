"""Functions, with who may invoke them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.policies import Policy, Statement
from constructs_lib.analysis.model.model import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources


def functions_of(resources: Resources) -> list[Function]:
    """Return every function."""
    open_urls = {
        str(url.get("TargetFunctionArn")) for url in resources.of("AWS::Lambda::Url") if url.get("AuthType") == "NONE"
    }
    return [
        Function(
            arn=resource.arn,
            name=resource.name.removesuffix("/Function"),
            role_arn=str(resource.get("Role")),
            open_url=resource.arn in open_urls or resource.id in open_urls,
            policy=Policy(source=f"{resource.name}, permissions", statements=tuple(_permissions(resource, resources))),
        )
        for resource in resources.of("AWS::Lambda::Function")
    ]


def _permissions(function: Resource, resources: Resources) -> Iterator[Statement]:
    for permission in resources.of("AWS::Lambda::Permission"):
        if permission.get("FunctionName") in {function.arn, function.id}:
            principal = str(permission.get("Principal"))
            kind = "*" if principal == "*" else "Service" if "." in principal else "AWS"
            yield Statement(
                allow=True,
                actions=(str(permission.get("Action")),),
                resources=(function.arn,),
                principals=((kind, principal),),
                source=permission.name,
            )
