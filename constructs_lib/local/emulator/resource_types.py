"""CloudFormation resource types that stock MiniStack refuses, and properties it drops.

A type listed in `NOT_EMULATED` deploys and does nothing; `status` says so. The others act.
"""

import json
from typing import Any, Final

from ministack.services import apigateway_v1, cognito, dynamodb, iam, s3, waf
from ministack.services.cloudformation import provisioners

from .surface import expect_attributes, expect_keys, expect_parameters

NOT_EMULATED: Final = (
    "AWS::Backup::BackupSelection",
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Cognito::LogDeliveryConfiguration",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Cognito::UserPoolRiskConfigurationAttachment",
    "AWS::Cognito::UserPoolUICustomizationAttachment",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::SAMLProvider",
    "AWS::Logs::QueryDefinition",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::RuleGroup",
)
"""Types that are accepted so that a stack deploys, and do nothing here."""

_ERRORS_FROM: Final = 400


def check() -> None:
    """Refuse a MiniStack whose table of types or services looks different."""
    expect_keys(
        provisioners._RESOURCE_HANDLERS,  # noqa: SLF001
        "MiniStack's resource types",
        "AWS::ApiGateway::Method", "AWS::ApiGateway::RequestValidator", "AWS::S3::Bucket", "AWS::IAM::Policy",
        "AWS::DynamoDB::GlobalTable",
    )  # fmt: skip
    expect_attributes(s3, "_buckets")
    expect_attributes(iam, "_roles")
    expect_attributes(apigateway_v1, "_resources", "_create_request_validator")
    for function in (
        cognito._create_identity_provider, cognito._admin_create_user, cognito._admin_add_user_to_group,  # noqa: SLF001
        dynamodb._update_continuous_backups, waf._associate_web_acl,  # noqa: SLF001
    ):  # fmt: skip
        expect_parameters(function, "data")


def install() -> None:
    """Add the types and wrap those whose properties are dropped."""
    handlers: dict[str, Any] = provisioners._RESOURCE_HANDLERS  # noqa: SLF001
    for name in NOT_EMULATED:
        handlers.setdefault(name, {"create": _accept, "update": _keep, "delete": _nothing})
    handlers.setdefault("AWS::Cognito::UserPoolIdentityProvider", _calls(cognito, "identity_provider", "ProviderName"))
    handlers.setdefault("AWS::Cognito::UserPoolUser", {"create": _create_user, "delete": _delete_user})
    handlers.setdefault("AWS::Cognito::UserPoolUserToGroupAttachment", {"create": _join_group, "delete": _leave_group})
    handlers.setdefault("AWS::WAFv2::WebACLAssociation", {"create": _associate_acl, "delete": _disassociate_acl})
    handlers["Custom::S3AutoDeleteObjects"] = {"create": _auto_delete, "update": _keep, "delete": _empty_bucket}
    handlers["AWS::ApiGateway::RequestValidator"]["create"] = _create_validator
    _wrap_method(handlers["AWS::ApiGateway::Method"])
    _wrap_bucket_delete(handlers["AWS::S3::Bucket"])


def _accept(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    del props
    name = f"{stack_name}-{logical_id}"
    return name, {"Arn": f"arn:aws:local:::{name}", "Id": name}


def _keep(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Any:
    del old, new, stack_name
    return physical_id, {"Arn": f"arn:aws:local:::{physical_id}", "Id": physical_id}


def _nothing(physical_id: str, props: dict[str, Any]) -> None:
    del physical_id, props


def _calls(service: Any, noun: str, name: str) -> dict[str, Any]:
    """Return handlers that pass a resource's properties to the service's own create, update and delete."""

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        del logical_id, stack_name
        _done(getattr(service, f"_create_{noun}")(props))
        return props[name], {}

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Any:
        del old, stack_name
        _done(getattr(service, f"_update_{noun}")(new))
        return physical_id, {}

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        del physical_id
        getattr(service, f"_delete_{noun}")(props)

    return {"create": create, "update": update, "delete": delete}


def _done(answer: Any) -> dict[str, Any]:
    status, _, body = answer
    if status >= _ERRORS_FROM:
        raise ValueError(str(body))
    found: dict[str, Any] = json.loads(body) if body else {}
    return found


def _create_user(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    del logical_id, stack_name
    _done(cognito._admin_create_user({**props, "MessageAction": "SUPPRESS"}))  # noqa: SLF001
    return props["Username"], {}


def _delete_user(physical_id: str, props: dict[str, Any]) -> None:
    cognito._admin_delete_user({"UserPoolId": props.get("UserPoolId"), "Username": physical_id})  # noqa: SLF001


def _join_group(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    del logical_id, stack_name
    _done(cognito._admin_add_user_to_group(props))  # noqa: SLF001
    return f"{props['GroupName']}|{props['Username']}", {}


def _leave_group(physical_id: str, props: dict[str, Any]) -> None:
    del physical_id
    cognito._admin_remove_user_from_group(props)  # noqa: SLF001


def _associate_acl(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    del logical_id, stack_name
    _done(waf._associate_web_acl(props))  # noqa: SLF001
    return f"{props['ResourceArn']}|{props['WebACLArn']}", {}


def _disassociate_acl(physical_id: str, props: dict[str, Any]) -> None:
    del physical_id
    waf._disassociate_web_acl({"ResourceArn": props.get("ResourceArn", "")})  # noqa: SLF001


def _auto_delete(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    """Stand in for CDK's Node function, which needs an SDK the emulator lacks and hangs the deploy."""
    del logical_id, stack_name
    return f"{props['BucketName']}-auto-delete", {}


def _empty_bucket(physical_id: str, props: dict[str, Any]) -> None:
    del physical_id
    bucket = s3._buckets.get(props.get("BucketName"))  # noqa: SLF001
    if bucket:
        bucket["objects"].clear()


def _create_validator(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    del stack_name
    data = {
        "name": props.get("Name", logical_id),
        "validateRequestBody": props.get("ValidateRequestBody", False),
        "validateRequestParameters": props.get("ValidateRequestParameters", False),
    }
    created = _done(apigateway_v1._create_request_validator(props["RestApiId"], data))  # noqa: SLF001
    return created["id"], {"RequestValidatorId": created["id"]}


def _wrap_method(handlers: dict[str, Any]) -> None:
    stock = handlers["create"]

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        created = stock(logical_id, props, stack_name)
        if validator := props.get("RequestValidatorId"):
            resource = apigateway_v1._resources[props["RestApiId"]][props["ResourceId"]]  # noqa: SLF001
            resource["resourceMethods"][props["HttpMethod"]]["requestValidatorId"] = validator
        return created

    handlers["create"] = create


def _wrap_bucket_delete(handlers: dict[str, Any]) -> None:
    stock = handlers["delete"]

    def delete(physical_id: str, props: dict[str, Any]) -> Any:
        bucket = s3._buckets.get(physical_id)  # noqa: SLF001
        if bucket and bucket["objects"]:
            raise ValueError(f"The bucket you tried to delete is not empty (Bucket: {physical_id})")
        return stock(physical_id, props)

    handlers["delete"] = delete
