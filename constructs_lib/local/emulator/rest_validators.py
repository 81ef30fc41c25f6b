"""Request validators of REST APIs as CloudFormation resources; stock MiniStack invents their IDs and drops them."""

from typing import Any, Final

from ministack.services import apigateway_v1

from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Handlers, Props, after_put, done, expect_types, handlers

_VALIDATOR: Final = "AWS::ApiGateway::RequestValidator"
_METHOD: Final = "AWS::ApiGateway::Method"


def check() -> None:
    """Refuse a MiniStack that keeps methods or validators elsewhere."""
    expect_types(_VALIDATOR, _METHOD)
    expect_parameters(apigateway_v1._create_request_validator, "api_id", "data")
    expect_parameters(apigateway_v1._delete_request_validator, "api_id", "validator_id")
    expect_attributes(apigateway_v1, "_resources")


def install() -> None:
    """Create validators, and assign them to methods."""
    handlers()[_VALIDATOR] = _HANDLERS
    after_put(_METHOD, _set_validator)


def _create(logical_id: str, props: Props, stack_name: str) -> Any:
    del stack_name
    data = {
        "name": props.get("Name", logical_id),
        "validateRequestBody": _is_true(props.get("ValidateRequestBody")),
        "validateRequestParameters": _is_true(props.get("ValidateRequestParameters")),
    }
    identifier = done(apigateway_v1._create_request_validator(props["RestApiId"], data))["id"]
    return identifier, {"RequestValidatorId": identifier}


def _update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    del old
    return _create(physical_id, new, stack_name)


def _delete(physical_id: str, props: Props) -> None:
    apigateway_v1._delete_request_validator(props.get("RestApiId"), physical_id)


_HANDLERS: Final[Handlers] = {"create": _create, "update": _update, "delete": _delete}


def _set_validator(physical_id: str, props: Props) -> None:
    del physical_id
    method = apigateway_v1._resources[props["RestApiId"]][props["ResourceId"]]["resourceMethods"][props["HttpMethod"]]
    if validator := props.get("RequestValidatorId"):
        method["requestValidatorId"] = validator
    else:
        method.pop("requestValidatorId", None)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
