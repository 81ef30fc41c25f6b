"""Functions, with who may invoke them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.policies import Policy, Statement
from constructs_lib.analysis.model.model import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources


def functions_of(resources: Resources) -> list[Function]:
    """Return every function."""
    return [_function(resource, resources) for resource in resources.of("AWS::Lambda::Function")]


def _function(resource: Resource, resources: Resources) -> Function:
    named = _naming(resource, resources)
    urls = [each for each in resources.of("AWS::Lambda::Url") if named.search(str(each.get("TargetFunctionArn")))]
    is_open = any(each.get("AuthType") == "NONE" for each in urls)
    return Function(
        arn=resource.arn,
        name=resource.name.removesuffix("/Function"),
        role_arn=str(resource.get("Role")),
        named=named,
        open_url=is_open,
        policy=Policy(
            source=f"{resource.name}, permissions",
            statements=tuple(_permissions(resource, named, resources, is_open=is_open)),
        ),
    )


def _naming(function: Resource, resources: Resources) -> re.Pattern[str]:
    """Return what finds a function where a text names it: by its name, its ARN, or an alias or version of it."""
    own = [rf"⟦{re.escape(function.place)}[.⟧]"]
    if "⟦" not in function.id:
        own.append(rf"(?:^|:function:){re.escape(function.id)}(?![A-Za-z0-9_-])")
    whole = re.compile("|".join(own))
    others = resources.of("AWS::Lambda::Alias", "AWS::Lambda::Version")
    more = [
        rf"⟦{re.escape(each.place)}[.⟧]"
        for each in others
        if each.place and whole.search(str(each.get("FunctionName")))
    ]
    return re.compile("|".join([*own, *more]))


def _permissions(
    function: Resource, named: re.Pattern[str], resources: Resources, *, is_open: bool
) -> Iterator[Statement]:
    for permission in resources.of("AWS::Lambda::Permission"):
        if named.search(str(permission.get("FunctionName"))) and not (is_open and _is_of_url(permission)):
            principal = str(permission.get("Principal"))
            kind = "*" if principal == "*" else "Service" if "." in principal else "AWS"
            yield Statement(
                allow=True,
                actions=(str(permission.get("Action")),),
                resources=(function.arn,),
                principals=((kind, principal),),
                source=permission.name,
            )


def _is_of_url(permission: Resource) -> bool:
    """Whether a permission is for calls by a function URL that anyone may call, which `open_url` says already.

    Source: "Control access to Lambda function URLs" (AWS Lambda developer guide): such a URL has two of them.
    """
    by_url = permission.get("Action") == "lambda:InvokeFunctionUrl" and permission.get("FunctionUrlAuthType") == "NONE"
    return by_url or permission.get("InvokedViaFunctionUrl") is True
