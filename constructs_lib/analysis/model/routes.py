"""Routes of REST, HTTP and WebSocket APIs, each with its authorization and integration.

Sources: "Controlling and managing access to REST APIs", "OpenAPI extensions for API Gateway" (Amazon API Gateway
developer guide). An authorization that is not understood is `unknown`, never open or closed, and a method or a path
that the template does not determine may be any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import is_true
from constructs_lib.analysis.template.atoms import any_text, is_open, is_unknown, split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource, Resources

_METHODS: Final = (
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method",
)  # fmt: skip
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_NO_METHODS: Final = frozenset({"description", "parameters", "servers", "summary"})
"""Keys of an OpenAPI path that are not methods; neither are `x-` keys, except the one that is a method."""
_AUTH: Final = {
    "AWS_IAM": "iam", "JWT": "jwt", "COGNITO_USER_POOLS": "jwt", "CUSTOM": "custom", "NONE": "none", "None": "none",
}  # fmt: skip
_STRICT: Final = ("none", "api key", "unknown", "custom", "jwt", "iam")
"""Authorizations of routes, from the weakest; an unknown one ranks before all that restrict access."""
GREEDY: Final = "/{proxy+}"
_PARTS: Final = (
    "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource", "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::ApiGatewayManagedOverrides",
)  # fmt: skip
"""Types of resources that are a route of an API, or a part of one."""
CONNECT: Final = "$connect"
"""The route that a client of a WebSocket API calls to connect."""
_DEFAULT: Final = "$default"
_ANY: Final = "ANY"
_ANY_PATH: Final = "{any path+}"
_ANY_PART: Final = "{any part}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRoute:
    """A route of an API.

    Args:
        method: The HTTP method, or `ANY`; for a WebSocket API the route key.
        path: The path, with parameters in braces; empty for a WebSocket API.
        auth: `iam`, `jwt`, `api key`, `custom`, `none` or `unknown`.
        integration: The integration as in the template. Empty: the template has none.
        by: The place of the resource that declares it. Empty: no resource with a place does.
        known: Whether the template determines its method and path; otherwise these match all that they may be.
    """

    method: str
    path: str
    auth: str
    integration: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)
    by: str = ""
    known: bool = field(default=True, compare=False)


def routes_of(api: Resource, resources: Resources) -> tuple[ApiRoute, ...]:
    """Return every route of an API, in the order of the template."""
    _note_unread(api, resources)
    found = [*_from_body(api), *_of_rest(api, resources), *_of_http(api, resources)]
    if str(api.get("ProtocolType", "")).upper() != "WEBSOCKET":
        return tuple(found)
    # A WebSocket API authorizes once, at connection. The route of an API outside the templates may be elsewhere.
    unseen = "none" if api.place else "unknown"
    auth = next((route.auth for route in found if route.method == CONNECT), unseen)
    return tuple(replace(each, path="", auth=auth) for each in found)


def call_of(route: ApiRoute) -> str:
    """Return the calls that a route serves, after an API's ARN: `{}` is one path segment, `{+}` the rest."""
    method = "{}" if route.method == _ANY else route.method
    if not route.path:
        return f"{{}}/{method}"
    path = re.sub(r"\{[^}]*\}", lambda match: "{+}" if match.group().endswith("+}") else "{}", route.path)
    return f"{{}}/{method}/{path.strip('/')}"


def name_of(route: ApiRoute, api: str) -> str:
    """Return a route's name in reports, with its resource if the template does not determine its method and path."""
    declared = "" if route.known else f" ({route.by.rpartition('/')[2]})"
    return f"{route.method} {route.path} of {api}{declared}".replace("  ", " ")


def _note_unread(api: Resource, resources: Resources) -> None:
    for name in ("BodyS3Location", "CloneFrom"):
        if api.get(name) is not None:
            resources.gap(
                f"{api.name} takes its routes from {name}, which is not in the templates: not seen", api.get(name)
            )
    body = api.get("Body")
    if body is not None and not isinstance(body, Mapping):
        resources.gap(f"{api.name} takes its routes from {str(body)[:80]}: not seen", body)
    paths = body.get("paths") if isinstance(body, Mapping) else {}
    if not isinstance(paths, Mapping | None):
        resources.gap(f"{api.name} takes its paths from {str(paths)[:80]}: not seen", paths)
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        for name in _unread(item, body):
            resources.gap(
                f"the path {path} of {api.name} has {name}, which is not read: what it serves is not seen", item
            )
    if api.place:
        _note_undetermined(api, resources)
    for each in resources.of("AWS::ApiGatewayV2::ApiGatewayManagedOverrides"):
        route = each.get("Route")
        if _is_of(each.get("ApiId"), api) and isinstance(route, Mapping) and "AuthorizationType" in route:
            resources.gap(f"{each.name} changes what a route of {api.name} asks of callers: not looked at", route)


def _note_undetermined(api: Resource, resources: Resources) -> None:
    """Add a gap for each route, or part of one, whose API the template does not determine."""
    for each in resources.of(*_PARTS):
        of = str(each.get("ApiId", each.get("RestApiId")))
        if not _is_of(of, api) and may_be_equal(of, api.id):
            resources.gap(
                f"{each.name} ({each.type}) may be of {api.name}: what it serves is not seen", each.properties
            )


def _unread(item: Any, body: Any) -> Iterator[str]:
    """Yield the parts of a path that may have routes and are not read: `$ref`, and methods unknown to this file."""
    if not isinstance(item, Mapping):
        yield f"{str(item)[:80]} for its methods"
        return
    for name, value in item.items():
        if name in _METHODS:
            if not isinstance(value, Mapping) or "$ref" in value:
                yield f"{str(value)[:80]} for {name}"
            elif value.get(_INTEGRATION) is not None and not isinstance(_body_integration(value, body), Mapping):
                yield f"{str(value[_INTEGRATION])[:80]} for the integration of {name}"
        elif name not in _NO_METHODS and not str(name).startswith("x-"):
            yield str(name)


def _is_of(value: Any, api: Resource) -> bool:
    return str(value) == api.id


def _from_body(api: Resource) -> Iterator[ApiRoute]:
    body = api.get("Body")
    if not isinstance(body, Mapping):
        return
    components = body.get("components")
    components = components if isinstance(components, Mapping) else {}
    schemes = components.get("securitySchemes") or body.get("securityDefinitions") or {}
    paths = body.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(operation, Mapping):
                security = operation.get("security", body.get("security"))
                yield _route(
                    method=_ANY if method.startswith("x-") else method.upper(),
                    path=GREEDY if str(path).strip("/") == "$default" else str(path),
                    auth=_body_auth(operation, security, schemes if isinstance(schemes, Mapping) else {}),
                    integration=_known(_body_integration(operation, body)),
                    by=api.place,
                )


def _route(*, method: str, path: str, auth: str, integration: Mapping[str, Any], by: str) -> ApiRoute:
    """Return a route, with parameters for the parts of its path that the template does not determine."""
    parts: list[str] = []
    for part in split_around_atoms(path, "/"):
        # A parameter may be a greedy part, to which all that follows belongs; a pseudo parameter has no slash.
        parts.append(_ANY_PATH if is_unknown(part) else _ANY_PART if is_open(part) else part)
        if parts[-1] == _ANY_PATH:
            break
    known = not is_open(method) and _ANY_PATH not in parts and _ANY_PART not in parts
    return ApiRoute(
        method=_ANY if is_open(method) else method, path="/".join(parts), auth=auth, integration=integration, by=by,
        known=known,
    )  # fmt: skip


def _body_integration(operation: Mapping[str, Any], body: Any) -> Any:
    """Return the integration of an operation; None if the document has none, or refers to one that it lacks."""
    found = operation.get(_INTEGRATION)
    if isinstance(found, Mapping) and "$ref" in found:
        pointer, found = str(found["$ref"]), body
        for name in pointer.removeprefix("#/").split("/"):
            found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _known(integration: Any) -> Mapping[str, Any]:
    """Return an integration; one that the template does not determine may be any. Empty: there is none."""
    if isinstance(integration, Mapping):
        return integration
    return {} if integration is None else {"Uri": any_text(f"integration {integration}")}


def _body_auth(operation: Mapping[str, Any], security: Any, schemes: Mapping[str, Any]) -> str:
    explicit = operation.get("x-amazon-apigateway-auth")
    if isinstance(explicit, Mapping):
        return {"AWS_IAM": "iam", "NONE": "none"}.get(str(explicit.get("type", "")).upper(), "unknown")
    if security is None or security == []:
        return "none"
    if not isinstance(security, list) or not all(isinstance(each, Mapping) for each in security):
        return "unknown"
    # One of several requirements is enough; one requirement needs all its schemes.
    alternatives = [
        max((_scheme_auth(schemes.get(name)) for name in requirement), key=_STRICT.index, default="none")
        for requirement in security
    ]
    return min(alternatives, key=_STRICT.index)


def _scheme_auth(scheme: Any) -> str:
    if not isinstance(scheme, Mapping):
        return "unknown"
    authorizer = scheme.get("x-amazon-apigateway-authorizer")
    authtype = str(scheme.get("x-amazon-apigateway-authtype", "")).lower()
    if authtype == "awssigv4":
        return "iam"
    if isinstance(authorizer, Mapping):
        kinds = {"cognito_user_pools": "jwt", "jwt": "jwt", "request": "custom", "token": "custom"}
        return kinds.get(str(authorizer.get("type", "")).lower(), "unknown")
    plain = authorizer is None and authtype == "" and scheme.get("type") == "apiKey"
    return "api key" if plain and str(scheme.get("name", "")).lower() == "x-api-key" else "unknown"


def _of_http(api: Resource, resources: Resources) -> Iterator[ApiRoute]:
    websocket = str(api.get("ProtocolType", "")).upper() == "WEBSOCKET"
    for route in resources.of("AWS::ApiGatewayV2::Route"):
        if _is_of(route.get("ApiId"), api):
            method, *path = split_around_atoms(str(route.get("RouteKey", _DEFAULT)), " ", 1)
            wild = method == _DEFAULT and not websocket
            for target in _targets(route, resources):
                yield _route(
                    method=_ANY if wild else method,
                    path=path[0] if path else f"/{_ANY_PATH}" if is_open(method) else GREEDY,
                    auth=_AUTH.get(str(route.get("AuthorizationType", "NONE")), "unknown"),
                    integration=_known(target.properties if target is not None else route.get("Target")),
                    by=(target or route).place,
                )
    if api.get("Target") is not None:
        method, *path = split_around_atoms(str(api.get("RouteKey", _DEFAULT)), " ", 1)
        integration = {"IntegrationUri": api.get("Target"), "CredentialsArn": api.get("CredentialsArn")}
        yield _route(
            method=_ANY if method == _DEFAULT else method, path=path[0] if path else GREEDY, auth="none",
            integration=integration, by=api.place,
        )  # fmt: skip


def _targets(route: Resource, resources: Resources) -> list[Resource | None]:
    """Return the integrations that a route may call; None for one that no template has."""
    named = split_around_atoms(str(route.get("Target")), "integrations/")[-1]
    integrations = list(resources.of("AWS::ApiGatewayV2::Integration"))
    exact = [each for each in integrations if each.id == named]
    return [*exact] or [None, *(each for each in integrations if may_be_equal(named, each.id))]


def _of_rest(api: Resource, resources: Resources) -> Iterator[ApiRoute]:
    paths = _rest_paths(api, resources)
    for each in resources.of("AWS::ApiGateway::Method"):
        if _is_of(each.get("RestApiId"), api):
            auth = _AUTH.get(str(each.get("AuthorizationType", "NONE")), "unknown")
            if auth == "none" and is_true(each.get("ApiKeyRequired")):
                auth = "api key"
            integration = each.get("Integration")
            if not isinstance(integration, Mapping | None):
                resources.gap(f"{each.name} takes its integration from {str(integration)[:80]}: not seen", integration)
            yield _route(
                method=str(each.get("HttpMethod")),
                path=paths.get(str(each.get("ResourceId")), f"/{_ANY_PATH}"),
                auth=auth,
                integration=_known(integration),
                by=each.place,
            )


def _rest_paths(api: Resource, resources: Resources) -> dict[str, str]:
    """Return the paths of an API's resources, by ID: a resource may have a parent whose path no template says."""
    parts = {
        each.id: (str(each.get("ParentId")), str(each.get("PathPart")))
        for each in resources.of("AWS::ApiGateway::Resource")
        if _is_of(each.get("RestApiId"), api)
    }
    root = f"⟦{api.place}.RootResourceId⟧"

    def path(identifier: str, depth: int = 0) -> str:
        if identifier == root:
            return ""
        parent, part = parts.get(identifier, ("", ""))
        before = path(parent, depth + 1) if part and depth <= len(parts) else f"/{_ANY_PATH}"
        return before if _ANY_PATH in before else f"{before}/{part}"

    return {root: "/"} | {identifier: path(identifier) for identifier in parts}
