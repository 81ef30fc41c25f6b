"""The functions and addresses that a route passes its calls to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown, loosened, normalise_arn
from constructs_lib.analysis.model.function_names import ANY_FUNCTION, TOKEN, FunctionName
from constructs_lib.analysis.proof.function_permissions import Code
from constructs_lib.analysis.proof.private_backends import backend_of
from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, REGION, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.routes import ApiRoute

_FIELD: Final = rf"(?:{ATOM.pattern}|[^:/⟦])*"
_FUNCTION: Final = re.compile(rf"arn:aws[a-z-]*:lambda:{_FIELD}:{_FIELD}:function:{TOKEN}")


def code_of_route(route: ApiRoute, model: Model) -> Iterator[Code]:
    """Yield the functions that a route calls, by itself or by a load balancer, also functions that no template has."""
    integration_text = str(dict(route.integration))
    named_in = [each for each in model.functions if each.named.is_in(integration_text)]
    found = [*named_in, *(each for each in backend_of(route, model).functions(model) if each not in named_in)]
    yield from (Code(name=each.name, arn=each.arn, named=each.named) for each in found)
    named = dict.fromkeys(match.group() for match in _FUNCTION.finditer(integration_text))
    for text in named:
        if not any(each.named.is_in(text) for each in found):
            arn = normalise_arn(text)
            name = split_around_atoms(arn, ":")[-1]
            yield Code(
                name=name,
                arn=loosened(arn) if is_unknown(arn) else arn,
                named=FunctionName(id=name),
            )
    if "stageVariables" in integration_text or (not found and not named and _may_be_function(route.integration)):
        yield Code(
            name="a function that a stage or the deploy names", arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*",
            named=ANY_FUNCTION,
        )  # fmt: skip


def _may_be_function(integration: Mapping[str, Any]) -> bool:
    """Return whether an integration may be a function whose ARN the template does not show."""
    integration_text = {str(key).lower().removeprefix("integration"): value for key, value in integration.items()}
    kind, address = str(integration_text.get("type", "aws_proxy")), str(integration_text.get("uri", ""))
    return (is_unknown(kind) or kind.lower() in {"aws", "aws_proxy"}) and is_unknown(address)


def address_in(integration_text: str) -> str:
    """Return the address in an integration, without its path; empty if it has none."""
    match = re.search(r"https?://[^/'\"]+", integration_text)
    return match.group() if match else ""


def is_preflight(route: ApiRoute) -> bool:
    """Return whether API Gateway answers a route itself: before a call, browsers send OPTIONS without credentials."""
    integration_text = str(route.integration.get("type") or route.integration.get("Type")).upper()
    return route.method == "OPTIONS" and integration_text == "MOCK"
