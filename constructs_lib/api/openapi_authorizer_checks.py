"""Checks of the authorization in an API's document against its routes, by code independent of the writer.

An operation without `security` is open to the internet. The two engines therefore use `security_of`, which handles each
kind of access by name and refuses any other; and before a document is added to the template, `check_security` compares
it with the route list, independently of the code that wrote it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access import Subject
from constructs_lib.access.public_access import Open
from constructs_lib.api.route_access import ApiKey, Jwt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.api.routes import Route


IAM: Final = "iam"
TOKEN: Final = "token"  # noqa: S105 - a scheme's name
ACCESS: Final = "access"
"""The authorizer of routes with scopes, where that of the others compares the audience, which access tokens lack."""
KEY: Final = "key"
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
_ANY: Final = "x-amazon-apigateway-any-method"
_AUTH_TYPES: Final = {IAM: "awsSigv4", TOKEN: "cognito_user_pools"}
_AUDIENCE: Final = "identityValidationExpression"
_OPERATIONS: Final = frozenset({"get", "head", "post", "put", "patch", "delete", "options", "trace", _ANY})


def security_of(route: Route) -> list[dict[str, list[str]]]:
    """Return what a request needs: the authorization type of the route, and an API key if it requires one.

    Raises:
        ValueError: For an unknown kind of access, and for a route without authorization that is not opened to `anyone`.
    """
    needed: dict[str, list[str]] = {}
    for each in route.access:
        match each:
            case Subject():
                needed[IAM] = []
            case Jwt():
                needed[TOKEN] = sorted(each.scopes)
            case ApiKey():
                needed[KEY] = []
            case Open():
                pass
            case _:
                raise ValueError(
                    f"route '{route}' has {each!r} in access, which is not a kind of caller; use allow, jwt() or anyone"
                )
    if not needed and not any(isinstance(each, Open) for each in route.access):
        raise ValueError(f"route '{route}' has no authorizer; add access=[anyone] if this is intended")
    return [needed] if needed else []


def check_security(document: Mapping[str, Any], routes: Sequence[Route]) -> None:
    """Refuse a document with an operation that requires less than its route.

    Raises:
        RuntimeError: Naming the operation. It is an error of this library, and nothing is written.
    """
    if "security" in document:
        raise _fault(
            "the document",
            "has a security requirement at the top level, which would also apply to operations without one",
        )
    expected = {(route.path, method_key(route.method)): route for route in routes}
    found = dict(_operations(document))
    for place, operation in found.items():
        if place in expected:
            _check_operation(expected[place], operation, document)
        elif not _is_preflight(place, operation):
            raise _fault(f"{place[1].upper()} {place[0]}", "does not belong to a route")
    if lost := [route for place, route in expected.items() if place not in found]:
        raise _fault(str(lost[0]), "has no operation")


def method_key(method: str) -> str:
    """Return the key of a route's method in a path of the document."""
    return _ANY if method == "ANY" else method.lower()


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for name, operation in item.items():
            if name not in _OPERATIONS:
                raise _fault(f"{name} of {path}", "is not a known operation")
            yield (path, name), operation


def _check_operation(route: Route, operation: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Compare one operation with what its route says, entry by entry."""
    opened = [each for each in route.access if type(each) is Open]
    keyed = [each for each in route.access if type(each) is ApiKey]
    locks = operation.get("security")
    if locks is None:
        if not opened or len(opened) != len(route.access):
            raise _fault(str(route), "is open without anyone in its access")
        return
    if len(locks) != 1:
        raise _fault(
            str(route), f"has {len(locks)} alternative security requirements, any of which would be sufficient"
        )
    lock = dict(locks[0])
    schemes = document.get("components", {}).get("securitySchemes", {})
    wanted: dict[str, list[str]] = {KEY: []} if keyed else {}
    for each in route.access:
        if type(each) is Subject:
            wanted[IAM] = []
        if type(each) is Jwt:
            wanted[ACCESS if each.scopes and ACCESS in schemes else TOKEN] = sorted(each.scopes)
    if {name: sorted(scopes) for name, scopes in lock.items()} != wanted or not wanted:
        raise _fault(str(route), f"requires {sorted(lock)} where its route requires {sorted(wanted)}")
    for name in wanted:
        _check_scheme(route, name, schemes.get(name, {}))
    if ACCESS in wanted and _AUDIENCE in schemes[ACCESS].get(_AUTHORIZER, {}):
        raise _fault(str(route), "requires a scope of an access token, and an audience, which access tokens lack")


def _check_scheme(route: Route, name: str, scheme: Mapping[str, Any]) -> None:
    """Check that a lock is one that API Gateway turns: it skips, with a warning at most, what it does not know."""
    authorizer = scheme.get(_AUTHORIZER, {}).get("type")
    by_pool = authorizer == scheme.get("x-amazon-apigateway-authtype") == _AUTH_TYPES[TOKEN]
    turns = {
        IAM: scheme.get("x-amazon-apigateway-authtype") == _AUTH_TYPES[IAM],
        TOKEN: authorizer == "jwt" or by_pool,
        ACCESS: by_pool,
        KEY: (scheme.get("type"), scheme.get("name")) == ("apiKey", "x-api-key"),
    }
    if not turns[name]:
        raise _fault(str(route), f"requires {name!r}, which the document does not define")


def _is_preflight(place: tuple[str, str], operation: Mapping[str, Any]) -> bool:
    """Return whether the gateway itself answers, and no function is called."""
    integration = operation.get("x-amazon-apigateway-integration", {})
    return place[1] == "options" and integration.get("type") == "mock" and "uri" not in integration


def _fault(what: str, why: str) -> RuntimeError:
    return RuntimeError(f"{what} {why}, so the API's document was not written; report this error of the library")
