"""REST and HTTP APIs. An owned place is a path that contains its owner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

from constructs_lib.analysis.iam.arns import partition_name, readable
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, joined
from constructs_lib.analysis.model.holder import Endpoint, Holder, Shape, Unsigned
from constructs_lib.analysis.model.outside_apis import APIS, outside_apis
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.model.places import EVERYTHING, VARIABLE, Place, Whose
from constructs_lib.analysis.model.resources import as_list, is_true
from constructs_lib.analysis.model.route_caches import note_cached
from constructs_lib.analysis.model.routes import ApiRoute, call_of, routes_of
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Opened, Resource, Resources

INVOKE: Final = "execute-api:Invoke"
_SHORT: Final = "execute-api:/"
"""The beginning of a short resource, for which API Gateway writes the API's ARN ("Resource policy examples")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Api(Holder):
    """A REST or HTTP API; a call's ARN adds `/stage/METHOD/path` to its own.

    Args:
        routes: Its routes.
        hidden: Why not every client that knows its ID can call it; empty if every client can.
        complete: Whether the templates have the API, and so all its routes.
    """

    kind: ClassVar = "api"
    rank: ClassVar = 3
    noun: ClassVar = "API"
    service: ClassVar = "execute-api"
    unsigned: ClassVar = Unsigned.ROUTES
    verbs: ClassVar = {INVOKE: "call"}
    main: ClassVar = {"call": INVOKE}

    routes: tuple[ApiRoute, ...]
    hidden: str = ""
    complete: bool = True

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' APIs."""
        for resource in resources.of(*APIS):
            arn = _arn(resource)
            routes = routes_of(resource, resources)
            note_cached(resource, routes, resources)
            yield cls(
                arn=arn,
                name=resource.name,
                routes=routes,
                opened=_opened(resource, routes),
                hidden=_hidden(resource, resources),
                policy=_relative_to(arn, _policy_of(resource)),
            )

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the APIs of other stacks to which the templates add routes."""
        del statements, known
        for resource in outside_apis(resources):
            routes = routes_of(resource, resources)
            note_cached(resource, routes, resources)
            yield cls(
                arn=_arn(resource),
                name=readable(resource.id),
                routes=routes,
                hidden="no template has the API and its resource policy",
                complete=False,
            )

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the calls that a statement names."""
        for text in named:
            name, slash, call = partition_name(text)
            # An API's resource policy usually names all of its calls, which is not a part unless it names an owner.
            if slash and glob_match(name, self.arn) and (not statement.principals or VARIABLE.search(text)):
                yield call, ""

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield the calls of the routes with IAM authorization; of any route if none is known, or some are not."""
        del action, keys, place
        if not self.complete:
            yield Shape(resource=None)
            return
        by_iam = tuple(f"{self.arn}/{call_of(route)}" for route in self.routes if route.auth in {"iam", "unknown"})
        if by_iam or not self.routes:
            yield Shape(resource=None, calls=by_iam)

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the routes."""
        for route in self.routes:
            # Browsers send OPTIONS without credentials, and API Gateway answers it itself.
            if route.method != "OPTIONS":
                yield Endpoint(where=f"{route.method} {route.path}", auth=route.auth)

    def shown(self, places: list[Place]) -> list[Place]:
        """Return the routes instead of the calls that policies name, with owners if a policy names one."""
        found = {(place.part, place.whose, _by(place)): place for place in places}
        stages = dict.fromkeys(place.text.split("/", 1)[0] for place in places) or {EVERYTHING: None}
        for route in self.routes:
            method = "*" if route.method == "ANY" else route.method
            path = re.sub(r"\{[^}]*\}", EVERYTHING, route.path)
            name = f"{route.method} {route.path}"
            for stage in stages:
                text = f"{stage}/{method}{path}"
                # A policy's pattern may match this route in another notation; if it names the owner, it has owners.
                same = [key for key, other in found.items() if VARIABLE.sub(EVERYTHING, other.text) == text]
                named = [found.pop(key) for key in same]
                owned = [replace(each, part=name) for each in named if each.whose is not Whose.NOBODY]
                for place in owned or [replace(whole(self), part=name, text=text)]:
                    found[(name + stage, place.whose, _by(place))] = place
        return list(found.values())


def _arn(api: Resource) -> str:
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.id}"


def _opened(api: Resource, routes: Sequence[ApiRoute]) -> frozenset[Opened]:
    """Return the declared sharing of an API's metadata, each route as the calls it serves."""
    calls = {f"{each.method} {each.path}": call_of(each) for each in routes}
    return frozenset(replace(each, place=calls[each.place]) for each in api.opened if each.place in calls)


def _by(place: Place) -> str:
    return "" if place.owner is None or place.whose is not Whose.OTHERS else place.owner.key


_MAPPINGS: Final = (
    "AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::RoutingRule",
)  # fmt: skip


def _hidden(api: Resource, resources: Resources) -> str:
    """Return why not every client can call an API."""
    endpoint = api.get("EndpointConfiguration")
    if isinstance(endpoint, Mapping) and "PRIVATE" in as_list(endpoint.get("Types")):
        return "the API is private, and only VPC endpoints lead to it"
    body = api.get("Body") if isinstance(api.get("Body"), Mapping) else {}
    setting = body.get("x-amazon-apigateway-endpoint-configuration")
    off = is_true(api.get("DisableExecuteApiEndpoint")) or (
        isinstance(setting, Mapping) and is_true(setting.get("disableExecuteApiEndpoint"))
    )
    mapped = any(api.id in str(each.properties) for each in resources.of(*_MAPPINGS))
    return "" if mapped or not off else "the API's own address is off, and no domain name here leads to it"


def _policy_of(api: Resource) -> Policy:
    """Return an API's policy, from its property and from its OpenAPI document."""
    source = f"{api.name}, resource policy"
    body = api.get("Body") if isinstance(api.get("Body"), Mapping) else {}
    documents = (api.get("Policy"), body.get("x-amazon-apigateway-policy"))
    return joined(source, (parse_policy(each, source) for each in documents))


def _relative_to(arn: str, policy: Policy) -> Policy:
    """Return an API's policy with its short resources, `execute-api:/stage/GET/path`, expanded.

    What API Gateway makes of any other short text is not documented: an Allow may be on every call, a Deny on none.
    """

    def full(statement: Statement) -> Statement:
        written = (each.replace(_SHORT, f"{arn}/", 1) for each in statement.resources)
        but = (each.replace(_SHORT, f"{arn}/", 1) for each in statement.not_resources)
        return replace(statement, resources=tuple(written), not_resources=tuple(but))

    statements, possible = [*map(full, policy.statements)], [*map(full, policy.possible)]
    for index, each in enumerate(statements):
        odd = next((text for text in (*each.resources, *each.not_resources) if not _is_resource(text)), "")
        doubt = f"{odd} is neither an ARN nor begins with {_SHORT}"
        if odd and each.allow:
            possible.append(replace(each, resources=("*",), not_resources=(), doubt=each.doubt or doubt))
        elif odd:
            statements[index] = replace(each, doubt=each.doubt or doubt)
    return replace(policy, statements=tuple(statements), possible=tuple(possible))


def _is_resource(text: str) -> bool:
    """Return whether a text of a policy is an ARN or a pattern of ARNs; one that is not known is read elsewhere."""
    return text.startswith(("arn:", "*", "⟦"))
