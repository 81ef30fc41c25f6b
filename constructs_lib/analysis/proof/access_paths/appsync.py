"""AppSync: the data that its data sources reach with their roles, and the callers of the API.

Sources: "Configuring authorization and authentication to secure your GraphQL APIs", "Attaching a data source" (AWS
AppSync developer guide). The rows that a resolver's code reads are not analyzed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.policy_powers import target_powers
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.role_powers import ANY_SERVICE, power_with

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_API: Final = "AWS::AppSync::GraphQLApi"
_SOURCE: Final = "AWS::AppSync::DataSource"
_ROWS: Final = "AMAZON_DYNAMODB"
_ONE_ACTION: Final = (_ROWS, "AWS_LAMBDA", "NONE", "RELATIONAL_DATABASE")
"""Types of data source whose calls escalate no privileges: they read or write rows, or invoke a function."""
_CODE: Final = ("AWS::AppSync::FunctionConfiguration", "AWS::AppSync::Resolver")
_WHO: Final = {
    "API_KEY": "anyone with the API's key",
    "AMAZON_COGNITO_USER_POOLS": "a signed-in user",
    "AWS_IAM": "a role that may call it",
    "AWS_LAMBDA": "a caller that its function authorizes",
    "OPENID_CONNECT": "a holder of a token of its provider",
}


def graphql_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the data sources that reach owned data, with the callers of the API."""
    for source in reachable.model.resources:
        if source.type == _SOURCE:
            referenced = sorted(reachable.names.within(source.properties, source))
            for node in (reachable.nodes[name] for name in referenced if name in reachable.nodes):
                if node.kind is Kind.AGENT:
                    continue
                if node.kind is not Kind.CODE:
                    yield _finding(source, node, reachable)
                    break
                reachable.drivers.setdefault(node.name, {})[f"{source.name} ({source.type})"] = None
            else:
                yield from _by_power(source, reachable)


def _by_power(source: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield that a source calls AWS with a role that can escalate privileges, or that no template has."""
    role = str(source.get("ServiceRoleArn") or "")
    service = _called_service(source)
    known = reachable.model.roles.get(role)
    if known is not None and str(source.get("Type")) == _ROWS:
        power = next((power for each, power in target_powers(known, reachable) if each == Table.service), None)
    elif not role or service is None:
        return
    else:
        unknown = Power(words="do anything: no template has it")
        power = power_with(role, service, reachable) if known is not None else unknown
    if power is not None:
        who, _ = _callers(source, reachable)
        acting = known.name if known is not None else role
        because = () if power.statement is None else (power.statement,)
        story = (
            f"{who} may ask {source.name}, a data source that acts on AWS with the role {acting}, which may "
            f"{power.words}: which calls its resolvers make is not followed; give the role the permissions that this "
            "data source needs alone"
        )
        yield undecided(who, source.name, story, *because)


def _called_service(source: Resource) -> str | None:
    """Return the service that a data source calls with its role, if its type does not limit the call."""
    kind = str(source.get("Type"))
    if kind in _ONE_ACTION:
        return None
    if kind == "AMAZON_EVENTBRIDGE":
        return "events"
    config = source.get("HttpConfig") if kind == "HTTP" else None
    signed: Any = config.get("AuthorizationConfig") if isinstance(config, Mapping) else None
    if isinstance(config, Mapping) and signed is None:
        return None
    settings = signed.get("AwsIamConfig") if isinstance(signed, Mapping) else None
    service = str(settings.get("SigningServiceName")) if isinstance(settings, Mapping) else ""
    return service if catalogue.has_service(service) else ANY_SERVICE


def _callers(source: Resource, reachable: ReachableResources) -> tuple[str, tuple[str, ...]]:
    """Return who may call the API of a data source, in words and as its authorization types."""
    api = next((each for each in reachable.model.resources if each.type == _API and is_of(source, each)), None)
    modes = auth_modes(api) if api is not None else ()
    who = " or ".join(_WHO.get(each, f"a caller that {each} authorizes") for each in modes) or "an unknown caller"
    return who, modes


def _finding(source: Resource, node: Node, reachable: ReachableResources) -> Finding:
    who, modes = _callers(source, reachable)
    story = f"{who} may ask {source.name}, a data source that reaches {node.owned} by {node}"
    if "API_KEY" in modes and _scans(source, reachable):
        return counterexample(_WHO["API_KEY"], source.name, f"{story}; a resolver of it scans the table")
    return undecided(who, source.name, f"{story}: which rows its resolvers show is not followed")


def is_of(part: Resource, api: Resource) -> bool:
    """Return whether a data source, resolver or cache belongs to an API."""
    return api.is_named_in(str(part.get("ApiId"))) or part.get("ApiId") == api.id


def auth_modes(api: Resource) -> tuple[str, ...]:
    """Return the authorization types of an API."""
    more = as_list(api.get("AdditionalAuthenticationProviders"))
    return (
        str(api.get("AuthenticationType")),
        *(str(each.get("AuthenticationType")) for each in more if isinstance(each, Mapping)),
    )


def _scans(source: Resource, reachable: ReachableResources) -> bool:
    """Return whether the text of a data source's resolver reads every row."""
    for each in reachable.model.resources:
        uses = each.get("DataSourceName") if each.type in _CODE else None
        if uses is not None and (uses == source.get("Name") or source.is_named_in(str(uses))):
            text = f"{each.get('RequestMappingTemplate')}{each.get('Code')}"
            if "Scan" in text or "scan(" in text:
                return True
    return False
