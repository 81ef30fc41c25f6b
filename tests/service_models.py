"""Resources of a template as the requests that CloudFormation makes of them, held against the services' own models.

The models are botocore's: required members, types, enums, lengths, ranges and patterns. What a template leaves to the
deploy (`⟦...⟧`) fits everywhere but as another type.
"""

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import botocore.session
import regex  # type: ignore[import-untyped] # its stubs are a package of their own

from constructs_lib.analysis import Template, build_model

Properties: TypeAlias = Mapping[str, Any]
Request: TypeAlias = tuple[str, str, dict[str, Any]]
"""Service, operation and parameters."""

UNKNOWN: Final = "no request is known for it"
"""How a line about a resource type ends that nothing here reads."""
NAME: Final = "App-Thing-1A2B3C"
"""A physical name as CloudFormation makes it up."""


def differences(template: Template) -> list[str]:
    """Return what the services' models would refuse of a template's resources, each in a line.

    A resource type or property that nothing here reads is a difference, too.
    """
    found = []
    for model in build_model([template]):
        for resource in model.resources:
            if resource.type in NOT_REPLAYED or resource.type.startswith("Custom::"):
                continue
            place = f"{resource.type} {resource.name}"
            if resource.type not in REQUESTS:
                found.append(f"{place}: {UNKNOWN}")
                continue
            read = _Read(resource.properties)
            for service, operation, parameters in REQUESTS[resource.type](read):
                shape = _operation(service, operation).input_shape
                found += [f"{place}: {operation}{line}" for line in _checked(parameters, shape, "")]
            found += [f"{place}: {name} is read by no request" for name in read.unread()]
    return found


class _Read(dict[str, Any]):
    """Properties that know which of them have been read."""

    def __init__(self, properties: Properties) -> None:
        super().__init__(properties)
        self._read: set[str] = set()

    def take(self, *names: str, **renamed: str) -> dict[str, Any]:
        """Return some properties under the API's names; `PoolName="UserPoolName"` renames."""
        wanted = {**{name: name for name in names}, **renamed}
        self._read |= set(wanted.values())
        return {api: self[name] for api, name in wanted.items() if name in self}

    def rest(self, **renamed: str) -> dict[str, Any]:
        """Return every property that has not been read, under the API's names."""
        return self.take(*(name for name in self.unread() if name not in renamed.values()), **renamed)

    def unread(self) -> list[str]:
        return [name for name in self if name not in self._read]


@functools.cache
def _operation(service: str, name: str) -> Any:
    return _model(service).operation_model(name)


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _checked(value: Any, shape: Any, place: str) -> Iterator[str]:
    if shape.type_name in _INNER:
        kind, inside = _INNER[shape.type_name]
        if isinstance(value, kind):
            yield from inside(value, shape, place)
        else:
            yield f"{place} is {value!r} and should be a {shape.type_name}"
    elif isinstance(value, Mapping | list):
        yield f"{place} is a {type(value).__name__} and should be a {shape.type_name}"
    elif "⟦" not in str(value):
        yield from _SIMPLE[shape.type_name](value, shape, place)


def _structure(value: Properties, shape: Any, place: str) -> Iterator[str]:
    yield from (f"{place}: {name} is missing" for name in shape.required_members if name not in value)
    for name, inner in value.items():
        if name in shape.members:
            yield from _checked(inner, shape.members[name], f"{place}.{name}")
        else:
            yield f"{place}.{name} is no parameter"


def _list(value: Sequence[Any], shape: Any, place: str) -> Iterator[str]:
    yield from _within(len(value), shape, place)
    for number, inner in enumerate(value):
        yield from _checked(inner, shape.member, f"{place}[{number}]")


def _map(value: Properties, shape: Any, place: str) -> Iterator[str]:
    yield from _within(len(value), shape, place)
    for key, inner in value.items():
        yield from _checked(key, shape.key, f"{place} key {key!r}")
        yield from _checked(inner, shape.value, f"{place}.{key}")


def _text(value: Any, shape: Any, place: str) -> Iterator[str]:
    value = str(value)
    # What is no string by its type, such as a function's code in the template, has no words either.
    words = shape.metadata.get("enum", ())
    if words and value not in words:
        yield f"{place} is {value!r}, none of {', '.join(words)}"
    yield from _within(len(value), shape, place)
    if (pattern := shape.metadata.get("pattern")) and not regex.fullmatch(pattern, value):
        yield f"{place} is {value[:80]!r}, which does not fit {pattern}"


def _within(number: float, shape: Any, place: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and number < least) or (most is not None and number > most):
        yield f"{place} is {number:g}, out of {least} to {most}"


def _number(value: Any, shape: Any, place: str) -> Iterator[str]:
    yield from _within(float(value), shape, place)


def _boolean(value: Any, _shape: Any, place: str) -> Iterator[str]:
    if str(value).lower() not in {"true", "false"}:
        yield f"{place} is {value!r} and should be true or false"


_Check: TypeAlias = Callable[[Any, Any, str], Iterator[str]]
_INNER: Final[dict[str, tuple[Any, _Check]]] = {
    "structure": (Mapping, _structure),
    "list": (list | tuple, _list),
    "map": (Mapping, _map),
}
_SIMPLE: Final[dict[str, _Check]] = {
    **dict.fromkeys(("string", "blob"), _text),
    **dict.fromkeys(("integer", "long", "double", "float"), _number),
    "boolean": _boolean,
}


def _tags(pairs: Any) -> dict[str, Any]:
    return {each["Key"]: each["Value"] for each in pairs or ()}


def _user_pool(read: _Read) -> Iterator[Request]:
    mfa = read.take("MfaConfiguration")
    factors = read.take("EnabledMfas").get("EnabledMfas", [])
    email = read.take(Message="EmailAuthenticationMessage", Subject="EmailAuthenticationSubject")
    web = read.take(
        RelyingPartyId="WebAuthnRelyingPartyID",
        UserVerification="WebAuthnUserVerification",
        FactorConfiguration="WebAuthnFactorConfiguration",
    )
    sms = {"SmsConfiguration": read["SmsConfiguration"]} if "SmsConfiguration" in read else {}
    yield (
        "cognito-idp",
        "SetUserPoolMfaConfig",
        {
            "UserPoolId": "eu-central-1_a1B2c3",
            **mfa,
            **({"SoftwareTokenMfaConfiguration": {"Enabled": True}} if "SOFTWARE_TOKEN_MFA" in factors else {}),
            **({"SmsMfaConfiguration": sms} if "SMS_MFA" in factors else {}),
            **({"EmailMfaConfiguration": email} if email else {}),
            **({"WebAuthnConfiguration": web} if web else {}),
        },
    )
    yield "cognito-idp", "CreateUserPool", {"PoolName": NAME, **mfa, **read.rest(PoolName="UserPoolName")}


def _same(service: str, operation: str, given: Mapping[str, Any] | None = None, **renamed: str) -> "_Make":
    """Return what makes one request with every property under its own name, some renamed, some given."""

    def make(read: _Read) -> Iterator[Request]:
        yield service, operation, {**(given or {}), **read.rest(**renamed)}

    return make


def _table(read: _Read) -> Iterator[Request]:
    ttl = read.take("TimeToLiveSpecification")
    if ttl:
        yield "dynamodb", "UpdateTimeToLive", {"TableName": NAME, **ttl}
    for replica in read.take("Replicas").get("Replicas", ()):
        own = _Read(replica)
        backup = own.take("PointInTimeRecoverySpecification")
        if backup:
            yield "dynamodb", "UpdateContinuousBackups", {"TableName": NAME, **backup}
        own.take(
            "Region", "DeletionProtectionEnabled", "ResourcePolicy", "KinesisStreamSpecification", "SSESpecification"
        )
        own.take("ContributorInsightsSpecification", "GlobalSecondaryIndexes")
        yield "dynamodb", "TagResource", {"ResourceArn": "arn:x", "Tags": own.take("Tags").get("Tags", [])}
        yield from (("dynamodb", f"Replica {name}", {}) for name in own.unread())
    stream = read.take("StreamSpecification")
    if stream:
        stream = {"StreamSpecification": {"StreamEnabled": True, **stream["StreamSpecification"]}}
    encryption = read.take("SSESpecification")
    if encryption:
        said = encryption["SSESpecification"]
        encryption = {
            "SSESpecification": {
                "Enabled": said["SSEEnabled"],
                **({"SSEType": said["SSEType"]} if "SSEType" in said else {}),
            }
        }
    limits = read.take("WriteOnDemandThroughputSettings", "WriteProvisionedThroughputSettings", "WarmThroughput")
    del limits
    yield "dynamodb", "CreateTable", {"TableName": NAME, **stream, **encryption, **read.rest()}


def _client(read: _Read) -> Iterator[Request]:
    """RefreshTokenRotation, AnalyticsConfiguration and the others keep their names; the name has to be given."""
    yield "cognito-idp", "CreateUserPoolClient", {"ClientName": NAME, **read.rest()}


def _identity_pool(read: _Read) -> Iterator[Request]:
    tags = (
        {"IdentityPoolTags": _tags(read.take("IdentityPoolTags")["IdentityPoolTags"])}
        if "IdentityPoolTags" in read
        else {}
    )
    said = {"IdentityPoolName": NAME, **read.take("IdentityPoolName"), **tags}
    yield (
        "cognito-identity",
        "CreateIdentityPool",
        {
            **said,
            **read.rest(OpenIdConnectProviderARNs="OpenIdConnectProviderARNs", SamlProviderARNs="SamlProviderARNs"),
        },
    )


def _roles(read: _Read) -> Iterator[Request]:
    """A mapping's key stands inside it, because the API's key may be known at the deploy alone."""
    mappings = {
        str(mapping.get("IdentityProvider", key)): {
            name: value for name, value in mapping.items() if name != "IdentityProvider"
        }
        for key, mapping in read.take("RoleMappings").get("RoleMappings", {}).items()
    }
    yield "cognito-identity", "SetIdentityPoolRoles", {"RoleMappings": mappings, **read.rest()}


def _url(read: _Read) -> Iterator[Request]:
    yield "lambda", "CreateFunctionUrlConfig", read.rest(FunctionName="TargetFunctionArn")


def _camel(operation: str) -> "_Make":
    """Return what makes a request of API Gateway's, whose names begin in lower case at every depth."""

    def renamed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name[0].lower() + name[1:]: renamed(inner) for name, inner in value.items()}
        return [renamed(each) for each in value] if isinstance(value, list | tuple) else value

    def make(read: _Read) -> Iterator[Request]:
        yield "apigateway", operation, renamed(read.rest())

    return make


def _usage_plan(read: _Read) -> Iterator[Request]:
    """The plan's name in the API is `name`."""
    yield from _camel("CreateUsagePlan")(_Read({"Name": NAME, **read.rest(Name="UsagePlanName")}))


def _rule(read: _Read) -> Iterator[Request]:
    yield "events", "PutTargets", {"Rule": NAME, **read.take("Targets")}
    pattern = {"EventPattern": json.dumps(read["EventPattern"])} if "EventPattern" in read else {}
    read.take("EventPattern")
    yield "events", "PutRule", {"Name": NAME, **pattern, **read.rest()}


def _log_group(read: _Read) -> Iterator[Request]:
    name = {"logGroupName": NAME, **read.take(logGroupName="LogGroupName")}
    if "RetentionInDays" in read:
        yield "logs", "PutRetentionPolicy", {**name, **read.take(retentionInDays="RetentionInDays")}
    yield (
        "logs",
        "CreateLogGroup",
        {
            **name,
            **read.rest(
                kmsKeyId="KmsKeyId",
                logGroupClass="LogGroupClass",
                deletionProtectionEnabled="DeletionProtectionEnabled",
            ),
        },
    )


def _function(read: _Read) -> Iterator[Request]:
    code = dict(read.take("Code")["Code"])
    if isinstance(code.get("ZipFile"), str):
        code["ZipFile"] = code["ZipFile"].encode()
    yield (
        "lambda",
        "TagResource",
        {
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:x",
            "Tags": _tags(read.take("Tags").get("Tags")),
        },
    )
    if "ReservedConcurrentExecutions" in read:
        yield "lambda", "PutFunctionConcurrency", {"FunctionName": NAME, **read.take("ReservedConcurrentExecutions")}
    yield "lambda", "CreateFunction", {"FunctionName": NAME, "Code": code, **read.rest()}


def _managed_policy(read: _Read) -> Iterator[Request]:
    document = json.dumps(read.take("PolicyDocument")["PolicyDocument"], ensure_ascii=False)
    for role in read.take("Roles").get("Roles", ()):
        yield "iam", "AttachRolePolicy", {"RoleName": role, "PolicyArn": "arn:aws:iam::123456789012:policy/x"}
    name = read.take(PolicyName="ManagedPolicyName")
    yield "iam", "CreatePolicy", {"PolicyName": NAME, **name, "PolicyDocument": document, **read.rest()}


def _role(read: _Read) -> Iterator[Request]:
    for arn in read.take("ManagedPolicyArns").get("ManagedPolicyArns", ()):
        yield "iam", "AttachRolePolicy", {"RoleName": NAME, "PolicyArn": arn}
    for policy in read.take("Policies").get("Policies", ()):
        yield (
            "iam",
            "PutRolePolicy",
            {"RoleName": NAME, **policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])},
        )
    trust = json.dumps(read.take("AssumeRolePolicyDocument")["AssumeRolePolicyDocument"], ensure_ascii=False)
    yield "iam", "CreateRole", {"RoleName": NAME, "AssumeRolePolicyDocument": trust, **read.rest()}


def _policy(read: _Read) -> Iterator[Request]:
    document = json.dumps(read.take("PolicyDocument")["PolicyDocument"], ensure_ascii=False)
    for role in read.take("Roles").get("Roles", ()):
        yield "iam", "PutRolePolicy", {"RoleName": role, "PolicyDocument": document, **read.take("PolicyName")}


_Make: TypeAlias = Callable[[_Read], Iterator[Request]]
REQUESTS: Final[dict[str, _Make]] = {
    "AWS::ApiGateway::ApiKey": _camel("CreateApiKey"),
    "AWS::ApiGateway::Deployment": _camel("CreateDeployment"),
    "AWS::ApiGateway::UsagePlan": _usage_plan,
    "AWS::ApiGateway::UsagePlanKey": _camel("CreateUsagePlanKey"),
    "AWS::ApiGatewayV2::Stage": _same("apigatewayv2", "CreateStage"),
    "AWS::Cognito::IdentityPool": _identity_pool,
    "AWS::Cognito::IdentityPoolPrincipalTag": _same("cognito-identity", "SetPrincipalTagAttributeMap"),
    "AWS::Cognito::IdentityPoolRoleAttachment": _roles,
    "AWS::Cognito::ManagedLoginBranding": _same("cognito-idp", "CreateManagedLoginBranding"),
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolClient": _client,
    "AWS::Cognito::UserPoolDomain": _same("cognito-idp", "CreateUserPoolDomain"),
    "AWS::Cognito::UserPoolGroup": _same("cognito-idp", "CreateGroup"),
    "AWS::Cognito::UserPoolIdentityProvider": _same("cognito-idp", "CreateIdentityProvider"),
    "AWS::Cognito::UserPoolResourceServer": _same("cognito-idp", "CreateResourceServer"),
    "AWS::Cognito::LogDeliveryConfiguration": _same("cognito-idp", "SetLogDeliveryConfiguration"),
    "AWS::Cognito::UserPoolRiskConfigurationAttachment": _same("cognito-idp", "SetRiskConfiguration"),
    "AWS::Cognito::UserPoolUser": _same("cognito-idp", "AdminCreateUser"),
    "AWS::Cognito::UserPoolUserToGroupAttachment": _same("cognito-idp", "AdminAddUserToGroup"),
    "AWS::DynamoDB::GlobalTable": _table,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Alias": _same("lambda", "CreateAlias"),
    "AWS::Lambda::EventSourceMapping": _same("lambda", "CreateEventSourceMapping"),
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _same("lambda", "AddPermission", {"StatementId": NAME}),
    "AWS::Lambda::Url": _url,
    "AWS::Lambda::Version": _same("lambda", "PublishVersion"),
    "AWS::Logs::LogGroup": _log_group,
}
NOT_REPLAYED: Final = {
    "AWS::ApiGatewayV2::Api": "its document is checked by CloudFormation's engine and by the tests of the API",
    "AWS::ApiGateway::RestApi": "as above",
    "AWS::ApiGateway::Stage": "its settings of methods are patches in the API",
    "AWS::S3::Bucket": "S3 takes it in a dozen XML documents with other names; its CloudFormation schema is checked",
    "AWS::S3::BucketPolicy": "one document, which the proof reads",
    "AWS::CDK::Metadata": "made by CloudFormation",
}
"""Types that no request is made of here, and why."""
