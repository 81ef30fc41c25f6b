"""Operations of an OpenAPI document with API Gateway's extensions. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ANY: Final = "x-amazon-apigateway-any-method"
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_AUTH: Final = "x-amazon-apigateway-auth"
_SIGV4: Final = "awsSigv4"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One route of an API.

    Args:
        route_key: `METHOD /path`, or `$default`.
        integration: Its integration.
        iam: Whether callers sign with IAM credentials.
        scheme: The security scheme of a token, or None.
        scopes: The scopes of which a token needs one.
    """

    route_key: str
    integration: Mapping[str, Any]
    iam: bool
    scheme: str | None
    scopes: list[str] = field(default_factory=list)


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations of a document.

    Raises:
        ValueError: For an operation without an integration, which API Gateway refuses too.
    """
    schemes = document.get("components", {}).get("securitySchemes") or {}
    for path, item in document.get("paths", {}).items():
        for name in (*_METHODS, _ANY):
            if name in item:
                yield _operation(path, name, item[name], document, schemes)


def _operation(
    path: str, name: str, spec: Mapping[str, Any], document: Mapping[str, Any], schemes: Mapping[str, Any]
) -> Operation:
    method = "ANY" if name == _ANY else name.upper()
    integration = spec.get(_INTEGRATION)
    if isinstance(integration, dict) and "$ref" in integration:
        integration = _follow(document, integration["$ref"])
    if not integration:
        raise ValueError(f"{method} {path} has no {_INTEGRATION}")
    route_key = "$default" if path == "/$default" else f"{method} {path}"
    iam = (spec.get(_AUTH) or {}).get("type", "").upper() == "AWS_IAM"
    scheme, scopes = None, []
    for requirement in spec.get("security", document.get("security", [])):
        for required, listed in requirement.items():
            if schemes.get(required, {}).get("x-amazon-apigateway-authtype") == _SIGV4:
                iam = True
            else:
                scheme, scopes = required, list(listed)
    return Operation(route_key=route_key, integration=integration, iam=iam, scheme=scheme, scopes=scopes)


def _follow(document: Mapping[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
