"""Refusals of a REST API's resource policy that contradicts the access of its routes.

For a signed request of the API's own account an Allow of either the policy or the caller's role is sufficient. An
unsigned request, with a token or without, needs an Allow of the policy as soon as there is one ("How API Gateway
resource policies affect authorization workflow", API Gateway developer guide).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.api import route_overlap
from constructs_lib.api.rest_engine import STAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_cdk import aws_iam as iam

    from constructs_lib.api.routes import Route


_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")
_WILDCARDS: Final[Mapping[str, route_overlap.Atom]] = {"*": ("all", True), "?": ("all", False)}
_NAME: Final[route_overlap.Pattern] = (("segment", False), ("segment", True))


def check_resource_policy(policy: iam.PolicyDocument | None, routes: Sequence[Route]) -> None:
    """Refuse a policy that opens signed routes to every principal of the account, or closes unsigned routes.

    Raises:
        ValueError: With the route and what to write.
    """
    allowing = [each for each in _statements(policy) if each.get("Effect", "Allow") == "Allow"]
    for route in routes:
        allowed = [(each, name) for each in allowing for name in _resources(each) if _meet(name, route)]
        if route.subjects:
            for statement, resource in allowed:
                if _is_everyone(statement):
                    raise ValueError(
                        f"policy allows every principal to invoke {resource!r}, and API Gateway accepts a signed "
                        "request that the policy or the caller's role allows, so every caller with credentials of "
                        f"the account could call route '{route}'; restrict requests by a Deny statement instead, and "
                        "allow * only routes without signed callers"
                    )
        elif policy is not None and not allowed:
            raise ValueError(
                f"policy allows no request to route '{route}', which takes unsigned requests, and API Gateway denies "
                "those that a policy does not allow; add an Allow statement with the resource "
                f"'execute-api:/{STAGE}/{'*' if route.method == 'ANY' else route.method}{_star(route.path)}'"
            )


def _statements(policy: iam.PolicyDocument | None) -> list[dict[str, Any]]:
    document = policy.to_json() if policy is not None else None
    return _listed((document or {}).get("Statement"))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _resources(statement: Mapping[str, Any]) -> list[str]:
    """Return the resources; `*` for a statement that names those that it does not apply to."""
    return [str(each) for each in _listed(statement.get("Resource"))] or ["*"]


def _is_everyone(statement: Mapping[str, Any]) -> bool:
    """Return whether it is for every principal; a condition may limit that, but to no caller of a route."""
    principal = statement.get("Principal", "*")
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    return "*" in _listed(named)


def _meet(resource: str, route: Route) -> bool:
    """Return whether a resource of the policy includes a request to the route."""
    return route_overlap.shared_request(tuple(_atoms(resource)), _requests(route)) is not None


def _atoms(resource: str) -> Iterator[route_overlap.Atom]:
    """Yield what matches `API/STAGE/METHOD/PATH`; a short resource, `execute-api:/...`, omits the API."""
    text = _TOKEN.sub("*", resource)
    if text.startswith("execute-api:/"):
        yield from _NAME
        text = text.removeprefix("execute-api:")
    else:
        # A text of fewer parts contains a token for the rest.
        text = text.split(":", 5)[5] if text.count(":") >= 5 else "*"  # noqa: PLR2004 - the parts of an ARN
    for character in text:
        yield _WILDCARDS.get(character, (character, False))


def _requests(route: Route) -> route_overlap.Pattern:
    method = _NAME if route.method == "ANY" else tuple((character, False) for character in route.method)
    stage = tuple((character, False) for character in f"/{STAGE}/")
    return (*_NAME, *stage, *method, *route_overlap.requests(route.path))


def _star(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "*", path)
