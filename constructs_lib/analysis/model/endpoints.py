"""APIs with their routes, and functions with who may invoke them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, Statement
from constructs_lib.analysis.model.model import Api, ApiRoute, Function
from constructs_lib.analysis.template.intrinsics import ACCOUNT, REGION

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource, Resources

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")


def apis_of(resources: Resources) -> list[Api]:
    """Return every API."""
    found = []
    for resource in resources.of("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
        routes = [*_from_body(resource.get("Body")), *_separate(resource, resources)]
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{resource.id}"
        policy = _relative_to(arn, parse_policy(resource.get("Policy"), f"{resource.name}, resource policy"))
        found.append(Api(arn=arn, name=resource.name, routes=tuple(routes), policy=policy))
    return found


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
