"""APIs that no template has, to which methods, routes and integrations of the templates are added.

A stack adds them to another stack's API by a parameter, an import, a stored ID or a literal ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import Resource
from constructs_lib.analysis.template.atoms import ATOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resources

APIS: Final = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
_ADDED: Final = {"AWS::ApiGateway::Method": "RestApiId", "AWS::ApiGatewayV2::Route": "ApiId"}


def outside_apis(resources: Resources) -> Iterator[Resource]:
    """Yield the APIs that a method or route here belongs to and no template has, as resources without a place."""
    ours = {each.id for each in resources.of(*APIS)}
    for type_, name in _ADDED.items():
        added = [each for each in resources.of(type_) if str(each.get(name)) not in ours]
        for id_ in dict.fromkeys(str(each.get(name)) for each in added):
            keys = [str(each.get("RouteKey")) for each in added if str(each.get(name)) == id_]
            # The keys of HTTP APIs have a method and a path; without a schema, a template does not show the protocol.
            by_message = type_ != "AWS::ApiGateway::Method" and any(_is_of_websocket(key) for key in keys)
            properties = {"ProtocolType": "WEBSOCKET"} if by_message else {}
            yield Resource(id=id_, logical_id="", type=type_, properties=properties, name=id_)


def _is_of_websocket(key: str) -> bool:
    return key != "$default" and " " not in key and ATOM.fullmatch(key) is None
