"""REST and HTTP APIs: what is somebody's is a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from constructs_lib.analysis.iam.arns import partition_name
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.model.holder import Door, Holder, Shape
from constructs_lib.analysis.model.places import EVERYTHING, VARIABLE, Place, Whose, whole
from constructs_lib.analysis.template.intrinsics import ACCOUNT, REGION

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.resources import Resource, Resources

INVOKE: Final = "execute-api:Invoke"
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRoute:
    """A route of an API.

    Args:
        method: The HTTP method, or `ANY`.
        path: The path, parameters in braces.
        auth: `iam`, `jwt`, `api key`, `custom` or `none`.
    """

    method: str
    path: str
    auth: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Api(Holder):
    """A REST or HTTP API; a call's ARN adds `/stage/METHOD/path` to its own.

    Args:
        routes: Its routes.
    """

    kind: ClassVar = "api"
    rank: ClassVar = 3
    noun: ClassVar = "API"
    service: ClassVar = "execute-api"
    verbs: ClassVar = {INVOKE: "call"}
    main: ClassVar = {"call": INVOKE}

    routes: tuple[ApiRoute, ...]

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' APIs."""
        for resource in resources.of("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
            routes = [*_from_body(resource.get("Body")), *_separate(resource, resources)]
            arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{resource.id}"
            policy = _relative_to(arn, parse_policy(resource.get("Policy"), f"{resource.name}, resource policy"))
            yield cls(arn=arn, name=resource.name, routes=tuple(routes), policy=policy)

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the calls that a statement names."""
        for text in named:
            name, slash, call = partition_name(text)
            # What an API's own policy names are most often all of its calls: no part of it, but where an owner is.
            if slash and glob_match(name, self.arn) and (not statement.principals or VARIABLE.search(text)):
                yield call, ""

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield calls."""
        del action, keys, place
        yield Shape(resource=None)

    def doors(self) -> Iterator[Door]:
        """Yield the routes."""
        for route in self.routes:
            # Browsers send OPTIONS without credentials, and API Gateway answers it itself.
            if route.method != "OPTIONS":
                yield Door(where=f"{route.method} {route.path}", auth=route.auth)

    def shown(self, places: list[Place]) -> list[Place]:
        """Return the routes in place of the calls that policies name, with owners where a policy names one."""
        found = {(place.part, place.whose): place for place in places}
        stages = dict.fromkeys(place.text.split("/", 1)[0] for place in places) or {EVERYTHING: None}
        for route in self.routes:
            method = "*" if route.method == "ANY" else route.method
            path = re.sub(r"\{[^}]*\}", EVERYTHING, route.path)
            name = f"{route.method} {route.path}"
            for stage in stages:
                text = f"{stage}/{method}{path}"
                # What a policy names in other words is this route; where it names the owner in it, it has owners.
                same = [key for key, other in found.items() if VARIABLE.sub(EVERYTHING, other.text) == text]
                named = [found.pop(key) for key in same]
                owned = [replace(each, part=name) for each in named if each.whose is not Whose.NOBODY]
                for place in owned or [replace(whole(self), part=name, text=text)]:
                    found[(name + stage, place.whose)] = place
        return list(found.values())


def _relative_to(arn: str, policy: Policy) -> Policy:
    """Return an API's policy with its short resources, `execute-api:/stage/GET/path`, written out."""

    def full(statement: Statement) -> Statement:
        written = (each.replace("execute-api:/", f"{arn}/", 1) for each in statement.resources)
        but = (each.replace("execute-api:/", f"{arn}/", 1) for each in statement.not_resources)
        return replace(statement, resources=tuple(written), not_resources=tuple(but))

    return replace(policy, statements=tuple(map(full, policy.statements)), possible=tuple(map(full, policy.possible)))


def _from_body(body: Any) -> Iterator[ApiRoute]:
    if not isinstance(body, Mapping):
        return
    schemes = (body.get("components") or {}).get("securitySchemes") or body.get("securityDefinitions") or {}
    for path, item in (body.get("paths") or {}).items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(operation, Mapping):
                name = "ANY" if method.startswith("x-") else method.upper()
                security = operation.get("security", body.get("security"))
                yield ApiRoute(method=name, path=str(path), auth=_body_auth(operation, security, schemes))


def _body_auth(operation: Mapping[str, Any], security: Any, schemes: Mapping[str, Any]) -> str:
    explicit = operation.get("x-amazon-apigateway-auth")
    if isinstance(explicit, Mapping) and str(explicit.get("type", "")).upper() == "AWS_IAM":
        return "iam"
    kinds = [_scheme_auth(schemes.get(name) or {}) for requirement in security or [] for name in requirement]
    stronger = [kind for kind in kinds if kind != "api key"]
    return stronger[0] if stronger else "api key" if kinds else "none"


def _scheme_auth(scheme: Mapping[str, Any]) -> str:
    authorizer: Mapping[str, Any] = scheme.get("x-amazon-apigateway-authorizer") or {}
    authtype = str(scheme.get("x-amazon-apigateway-authtype", "")).lower()
    if authtype == "awssigv4":
        return "iam"
    if "cognito_user_pools" in {authtype, str(authorizer.get("type", "")).lower()} or authorizer.get("type") == "jwt":
        return "jwt"
    return "api key" if scheme.get("type") == "apiKey" and not authorizer else "custom"


def _separate(api: Resource, resources: Resources) -> Iterator[ApiRoute]:
    words = {"AWS_IAM": "iam", "JWT": "jwt", "COGNITO_USER_POOLS": "jwt", "CUSTOM": "custom"}
    for route in resources.of("AWS::ApiGatewayV2::Route"):
        if route.get("ApiId") == api.id:
            method, _, path = str(route.get("RouteKey", "$default")).partition(" ")
            auth = words.get(str(route.get("AuthorizationType", "NONE")), "none")
            yield ApiRoute(method="ANY" if method == "$default" else method, path=path or "/{proxy+}", auth=auth)
    paths = _rest_paths(api, resources)
    for each in resources.of("AWS::ApiGateway::Method"):
        if each.get("RestApiId") == api.id:
            auth = words.get(str(each.get("AuthorizationType", "NONE")), "none")
            if auth == "none" and str(each.get("ApiKeyRequired")).lower() == "true":
                auth = "api key"
            yield ApiRoute(
                method=str(each.get("HttpMethod")), path=paths.get(str(each.get("ResourceId")), "/"), auth=auth
            )


def _rest_paths(api: Resource, resources: Resources) -> dict[str, str]:
    parts = {
        each.id: (str(each.get("ParentId")), str(each.get("PathPart")))
        for each in resources.of("AWS::ApiGateway::Resource")
        if each.get("RestApiId") == api.id
    }

    def path(identifier: str, depth: int = 0) -> str:
        parent, part = parts.get(identifier, ("", ""))
        return path(parent, depth + 1) + "/" + part if identifier in parts and depth < len(parts) + 1 else ""

    return {identifier: path(identifier) for identifier in parts}
