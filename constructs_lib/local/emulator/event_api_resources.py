"""Event APIs and their channel namespaces as CloudFormation resources, which stock MiniStack lacks.

Their host names are those of AWS, as for other services: a client whose network is redirected needs no further
configuration. Code that AppSync's runtime does not support is refused at deployment, as on AWS.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.core.responses import get_region
from ministack.services import appsync_events

from .handler_process import handler_fault
from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Props, add_type, done

_API: Final = {"Name": "name", "OwnerContact": "ownerContact", "EventConfig": "eventConfig"}
_NAMESPACE: Final = ("Name", "CodeHandlers", "HandlerConfigs", "PublishAuthModes", "SubscribeAuthModes")


def check() -> None:
    """Refuse a MiniStack whose calls take other arguments."""
    expect_parameters(appsync_events._create_api, "body")
    expect_parameters(appsync_events._update_api, "api_id", "body")
    expect_parameters(appsync_events._delete_api, "api_id")
    for function in (appsync_events._create_channel_namespace, appsync_events._update_channel_namespace):
        expect_parameters(
            function, *(["api_id", "body"] if "create" in function.__name__ else ["api_id", "name", "body"])
        )
    expect_parameters(appsync_events._delete_channel_namespace, "api_id", "name")
    expect_parameters(appsync_events._default_dns_for_api, "api_id")
    expect_attributes(appsync_events, "_apis", "_channel_namespaces")


def install() -> None:
    """Add the types, and check handler code from every source."""
    add_type("AWS::AppSync::Api", {"create": _create_api, "update": _update_api, "delete": _delete_api})
    add_type(
        "AWS::AppSync::ChannelNamespace",
        {"create": _create_namespace, "update": _update_namespace, "delete": _delete_namespace},
    )
    appsync_events._default_dns_for_api = _dns_of
    appsync_events._create_channel_namespace = _with_code_check(appsync_events._create_channel_namespace)
    appsync_events._update_channel_namespace = _with_code_check(appsync_events._update_channel_namespace)


def _dns_of(api_id: str) -> dict[str, str]:
    hosts = {"HTTP": "appsync-api", "REALTIME": "appsync-realtime-api"}
    return {kind: f"{api_id}.{host}.{get_region()}.amazonaws.com" for kind, host in hosts.items()}


def _with_code_check(stock: Callable[..., Any]) -> Callable[..., Any]:
    def put(*args: Any) -> Any:
        data = json.loads(args[-1] or b"{}")
        why = handler_fault(code) if isinstance(data, dict) and (code := data.get("codeHandlers")) else ""
        if isinstance(data, dict) and data.get("handlerConfigs"):
            why = "the local cloud does not run handlers with a data source"
        if why:
            return appsync_events.error_response_json("BadRequestException", f"The code contains an error: {why}", 400)
        return stock(*args)

    return put


def _create_api(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    api = done(appsync_events._create_api(_body(props, _API)))["api"]
    return api["apiArn"], _attributes(api)


def _update_api(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    del old, stack_name
    api = done(appsync_events._update_api(_id_of(physical_id), _body(new, _API)))["api"]
    return physical_id, _attributes(api)


def _delete_api(physical_id: str, props: Props) -> None:
    del props
    appsync_events._delete_api(_id_of(physical_id))


def _attributes(api: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ApiId": api["apiId"],
        "ApiArn": api["apiArn"],
        "Dns.Http": api["dns"]["HTTP"],
        "Dns.Realtime": api["dns"]["REALTIME"],
    }


def _create_namespace(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    made = done(appsync_events._create_channel_namespace(str(props["ApiId"]), _namespace_body(props)))
    arn = made["channelNamespace"]["channelNamespaceArn"]
    return arn, {"ChannelNamespaceArn": arn}


def _update_namespace(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    if any(old.get(name) != new.get(name) for name in ("ApiId", "Name")):
        return _create_namespace(physical_id, new, stack_name)
    name = str(new["Name"])
    done(appsync_events._update_channel_namespace(str(new["ApiId"]), name, _namespace_body(new)))
    return physical_id, {"ChannelNamespaceArn": physical_id}


def _delete_namespace(physical_id: str, props: Props) -> None:
    appsync_events._delete_channel_namespace(str(props.get("ApiId")), physical_id.rpartition("/")[2])


def _id_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def _namespace_body(props: Props) -> bytes:
    # Properties that a template no longer has are removed.
    properties = {"CodeHandlers": None, "HandlerConfigs": None, **props}
    return _body(properties, {name: _camel(name) for name in _NAMESPACE})


def _body(props: Props, names: Mapping[str, str]) -> bytes:
    return json.dumps({mine: _as_call(props[name]) for name, mine in names.items() if name in props}).encode()


def _as_call(value: Any) -> Any:
    """Return a property with the names of the service's API."""
    if isinstance(value, Mapping):
        return {_camel(str(name)): _as_call(inner) for name, inner in value.items()}
    return [_as_call(each) for each in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
