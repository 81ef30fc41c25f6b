"""AppSync: the data that its data sources reach with their roles, and the callers of the API.

Sources: "Configuring authorization and authentication to secure your GraphQL APIs", "Attaching a data source" (AWS
AppSync developer guide). The rows that a resolver's code reads are not analyzed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_API: Final = "AWS::AppSync::GraphQLApi"
_SOURCE: Final = "AWS::AppSync::DataSource"
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
                if node.kind is not Kind.CODE:
                    yield _finding(source, node, reachable)
                    break
                reachable.drivers.setdefault(node.name, {})[f"{source.name} ({source.type})"] = None


def _finding(source: Resource, node: Node, reachable: ReachableResources) -> Finding:
    api = next((each for each in reachable.model.resources if each.type == _API and _is_of(source, each)), None)
    auth_modes = _auth_modes(api) if api is not None else ()
    who = " or ".join(_WHO.get(each, f"a caller that {each} authorizes") for each in auth_modes) or "an unknown caller"
    story = f"{who} may ask {source.name}, a data source that reaches {', '.join(node.reach)} by {node}"
    if "API_KEY" in auth_modes and _scans(source, reachable):
        return counterexample(_WHO["API_KEY"], source.name, f"{story}; a resolver of it scans the table")
    return undecided(who, source.name, f"{story}: which rows its resolvers show is not followed")


def _is_of(part: Resource, api: Resource) -> bool:
    return f"⟦{api.place}" in str(part.get("ApiId")) or part.get("ApiId") == api.id


def _auth_modes(api: Resource) -> tuple[str, ...]:
    more = as_list(api.get("AdditionalAuthenticationProviders"))
    return (
        str(api.get("AuthenticationType")),
        *(str(each.get("AuthenticationType")) for each in more if isinstance(each, Mapping)),
    )


def _scans(source: Resource, reachable: ReachableResources) -> bool:
    """Whether the text of a data source's resolver reads every row."""
    for each in reachable.model.resources:
        uses = each.get("DataSourceName") if each.type in _CODE else None
        if uses is not None and (uses == source.get("Name") or f"⟦{source.place}" in str(uses)):
            text = f"{each.get('RequestMappingTemplate')}{each.get('Code')}"
            if "Scan" in text or "scan(" in text:
                return True
    return False


__all__ = ["graphql_findings"]
