"""Routes that accept other tokens: of another issuer, for another audience, with other scopes, by another authorizer.

Sources: "Control access to HTTP APIs with JWT authorizers in API Gateway": a token has the issuer, one of the audiences
as `aud` or `client_id`, and at least one of the route's scopes; "Control access to REST APIs using Amazon Cognito user
pools as an authorizer" (Amazon API Gateway developer guide).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.diff.changes import setting_change
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.outside_apis import APIS
from constructs_lib.analysis.model.resources import as_list

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from constructs_lib.analysis.diff.changes import Change
    from constructs_lib.analysis.model.resources import Resource

    _Token = tuple[str, str, str]

_ANY: Final = "*"
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
_ROUTES: Final = ("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Route:
    """What a route asks of callers.

    Args:
        name: Its name in reports.
        tokens: The tokens it accepts: issuer or user pool, audience and scope; a star for any.
        open: Whether it asks for nothing.
        authorizers: The other authorizers, as texts.
    """

    name: str
    open: bool = False
    tokens: frozenset[_Token] = frozenset()
    authorizers: frozenset[str] = frozenset()


def changed_tokens(old: Sequence[Resource], new: Sequence[Resource]) -> Iterator[Change | str]:
    """Yield the tokens that a route accepts in one version only, and the routes whose own authorizer differs.

    A route that asks for no token in one version is compared by the kind of its authorization, which counts tokens as
    those of the app's own users: tokens of another issuer are named. The resources of the new version are in the names
    of the old one.
    """
    before, after = dict(_routes(old)), dict(_routes(new))
    own = {*_user_pools(old), *_user_pools(new)}
    for key, now in after.items():
        was = before.get(key)
        if was is None or was == now:
            continue
        if not (was.tokens and now.tokens) and not (was.open or now.open):
            verb = "now accepts" if now.tokens else "no longer accepts"
            issuers = {token[0] for token in (*was.tokens, *now.tokens)}
            for issuer in sorted(each for each in issuers if not any(pool in each for pool in own)):
                yield f"{now.name} {verb} tokens of {readable(issuer)}, which are not of the app's users: not compared"
        if (was.tokens and now.tokens) or (was.authorizers and now.authorizers):
            for gained, one, other in ((True, now, was), (False, was, now)):
                found = [token for token in sorted(one.tokens) if not _accepts(other.tokens, token)]
                for issuer in dict.fromkeys(each[0] for each in found):
                    yield _change(now.name, [each for each in found if each[0] == issuer], gained=gained)
        if now.authorizers - was.authorizers and (was.tokens or was.authorizers):
            yield f"another authorizer decides calls of {now.name}: whose calls it accepts is not compared"


def _user_pools(resources: Sequence[Resource]) -> Iterator[str]:
    """Yield the IDs of the user pools, and of those whose users the identity pools accept."""
    for each in resources:
        if each.type == "AWS::Cognito::UserPool":
            yield each.id
        elif each.type == "AWS::Cognito::IdentityPool":
            providers = (one for one in as_list(each.get("CognitoIdentityProviders")) if isinstance(one, Mapping))
            yield from (str(one.get("ProviderName")).rpartition("/")[2] for one in providers)


def _accepts(accepted: Collection[_Token], token: _Token) -> bool:
    return any(all(one in (_ANY, part) for one, part in zip(each, token, strict=True)) for each in accepted)


def _change(route: str, tokens: Sequence[_Token], *, gained: bool) -> Change:
    """Return the change for tokens of one issuer."""
    [issuer], audiences, scopes = (dict.fromkeys(parts) for parts in zip(*tokens, strict=True))
    who = f"A holder of a token of {issuer}"
    who += f" for {' or '.join(audiences)}" * (_ANY not in audiences)
    who += f" with the scope {' or '.join(scopes)}" * (_ANY not in scopes)
    return setting_change(
        gained=gained, who=readable(who), does="call", resource=route, place=route,
        decided_by="the issuer, audiences and scopes of the route's authorizer",
    )  # fmt: skip


def _routes(resources: Sequence[Resource]) -> Iterator[tuple[tuple[str, str], _Route]]:
    by_id = {each.id: each for each in resources}
    for each in resources:
        body = each.get("Body") if each.type in APIS else None
        if isinstance(body, Mapping):
            yield from (((each.place, name), route) for name, route in _of_body(each, body))
        elif each.type in _ROUTES and each.get("AuthorizerId") is None:
            yield (each.place, ""), _Route(name=_name(each), open=each.get("AuthorizationType") in {None, "NONE"})
        elif each.type in _ROUTES:
            authorizer = by_id.get(str(each.get("AuthorizerId")))
            scopes = as_list(each.get("AuthorizationScopes"))
            asked = _asked(str(each.get("AuthorizerId")) if authorizer is None else authorizer.properties, scopes)
            yield (each.place, ""), _Route(name=_name(each), tokens=asked[0], authorizers=asked[1])


def _name(route: Resource) -> str:
    return str(route.get("RouteKey") or route.name)


def _of_body(api: Resource, body: Mapping[str, Any]) -> Iterator[tuple[str, _Route]]:
    components = body.get("components")
    schemes = (components if isinstance(components, Mapping) else {}).get("securitySchemes")
    schemes = schemes or body.get("securityDefinitions")
    paths = body.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        for method, operation in item.items() if isinstance(item, Mapping) else ():
            if isinstance(operation, Mapping):
                tokens: set[_Token] = set()
                authorizers: set[str] = set()
                alternatives = as_list(operation.get("security", body.get("security")))
                for alternative in alternatives:
                    found = _of_alternative(alternative, schemes if isinstance(schemes, Mapping) else {})
                    tokens |= found[0]
                    authorizers |= found[1]
                name = f"{api.name} {str(method).upper()} {path}"
                yield (
                    name,
                    _Route(
                        name=name,
                        open=not all(alternatives) or not alternatives,
                        tokens=frozenset(tokens),
                        authorizers=frozenset(authorizers),
                    ),
                )


def _of_alternative(alternative: Any, schemes: Mapping[str, Any]) -> tuple[frozenset[_Token], frozenset[str]]:
    """Return the tokens or the authorizers of one security requirement, all of whose schemes are needed."""
    if not isinstance(alternative, Mapping):
        return frozenset(), frozenset({_text(alternative)})
    asked = [(schemes.get(name), as_list(scopes)) for name, scopes in alternative.items()]
    if len(asked) == 1 and isinstance(asked[0][0], Mapping) and _AUTHORIZER in asked[0][0]:
        return _asked(asked[0][0][_AUTHORIZER], asked[0][1])
    by_code = [each for each in asked if isinstance(each[0], Mapping) and _AUTHORIZER in each[0]]
    return frozenset(), frozenset({_text(by_code)} if by_code else ())


def _asked(authorizer: Any, scopes: Sequence[Any]) -> tuple[frozenset[_Token], frozenset[str]]:
    """Return the tokens that an authorizer accepts, or the authorizer as a text."""
    said = {str(name).lower(): value for name, value in authorizer.items()} if isinstance(authorizer, Mapping) else {}
    jwt, pools = said.get("jwtconfiguration"), as_list(said.get("providerarns"))
    asked = [text for each in scopes if (text := str(each))] or [_ANY]
    if isinstance(jwt, Mapping):
        jwt = {str(name).lower(): value for name, value in jwt.items()}
        audiences = map(str, as_list(jwt.get("audience")) or [_ANY])
        return frozenset(product([str(jwt.get("issuer"))], audiences, asked)), frozenset()
    if pools:
        # An expression that the audience must match; API Gateway ignores an empty one.
        audience = str(said.get("identityvalidationexpression") or _ANY)
        return frozenset(product(map(str, pools), [audience], asked)), frozenset()
    own = {name: value for name, value in said.items() if name != "name"} or authorizer
    return frozenset(), frozenset({_text([own, sorted(asked)])})


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
