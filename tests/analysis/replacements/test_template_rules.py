"""Boundaries of each rule on a template or a transition: deployments similar to refused ones that AWS accepts."""

import copy
from collections.abc import Iterator
from typing import Any, Final

import pytest

from constructs_lib.analysis.replacements import Effect, find_replacements
from constructs_lib.analysis.replacements.template_rules import refused_alone
from constructs_lib.analysis.replacements.template_rules.template_view import View, allows, least_size, texts
from constructs_lib.analysis.replacements.transition_rules import refused_between
from tests.analysis.replacements.reports import api, cognito, delivery, functions, storage
from tests.analysis.replacements.reports.report import POOL, ROLE, TRUST, Resources, allow, att, of, policy, ref
from tests.analysis.replacements.reports.updates import HTTP

PARAMETER: Final = {"Ref": "Parameter"}


def changed(resource: Resources, **properties: Any) -> Resources:
    return {**resource, "Properties": {**resource["Properties"], **properties}}


def role_mapping(provider: Any) -> Resources:
    rule = {"Type": "Token", "AmbiguousRoleResolution": "Deny", "IdentityProvider": provider}
    roles = of("Cognito::IdentityPoolRoleAttachment", IdentityPoolId=ref("Identities"), RoleMappings={"pool": rule})
    return {**POOL, "Roles": roles}


def bucket_policy(statement: Any, **bucket: Any) -> Resources:
    document = policy(allow("s3:GetObject") | {"Principal": "*"} | statement)
    return storage.bucket(**bucket) | {"Policy": of("S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=document)}


def notifying(*rules: tuple[str, Any, Any]) -> Resources:
    """Return a bucket that notifies queues, by event, prefix and suffix."""
    queues = [
        {
            "Event": event, "Queue": f"arn:aws:sqs:us-east-1:111122223333:{number}",
            "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": start}, {"Name": "suffix", "Value": end}]}},
        }
        for number, (event, start, end) in enumerate(rules)
    ]  # fmt: skip
    return storage.bucket(NotificationConfiguration={"QueueConfigurations": queues})


def custom(kind: str, start: str) -> Resources:
    """Return the CDK's resource for notifications of two functions, the second for files with this prefix."""
    filters = [None, {"Key": {"FilterRules": [{"Name": "prefix", "Value": start}]}}]
    rules = [
        {"Events": ["s3:ObjectRemoved:*", "s3:ObjectCreated:*"], "LambdaFunctionArn": f"arn:{number}"}
        | ({"Filter": each} if each else {})
        for number, each in enumerate(filters)
    ]
    configuration = {"LambdaFunctionConfigurations": rules}
    return {"Tell": {"Type": kind, "Properties": {"NotificationConfiguration": configuration}}}


def http(*keys: Any, other: Any = None) -> Resources:
    routes = {f"Route{number}": api.route(key) for number, key in enumerate(keys)}
    far = {"Far": of("ApiGatewayV2::Route", ApiId="another", RouteKey=other)} if other else {}
    return HTTP | routes | far


def networked(role: Resources, *waits: str) -> Resources:
    function = functions.function(VpcConfig={"SubnetIds": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0a1b2c3d"]})
    return {**role, "Fn": {**function["Fn"], "DependsOn": list(waits)}}


def given(kind: str = "Policy", *actions: str, to: Any = None) -> Resources:
    document = policy(allow(*actions)) if actions else PARAMETER
    holder = {"RoleName": ref("Role")} if kind == "RolePolicy" else {"Roles": to or [ref("Role")]}
    return {"Given": of(f"IAM::{kind}", PolicyName="given", PolicyDocument=document, **holder)}


def queued(visible: Any, runs: Any, function: Any = None) -> Resources:
    mapped = of("Lambda::EventSourceMapping", FunctionName=function or ref("Fn"), EventSourceArn=att("Queue", "Arn"))
    alias = of("Lambda::Alias", FunctionName=ref("Fn"), FunctionVersion="1", Name="live")
    return functions.function(Timeout=runs) | {
        "Queue": of("SQS::Queue", VisibilityTimeout=visible), "Mapped": mapped, "Live": alias,
    }  # fmt: skip


def cached(*, headers: Any = None, **times: Any) -> Resources:
    keyed = delivery.cache(**(headers or {"HeaderBehavior": "none"}))
    config = {"Name": "p", "ParametersInCacheKeyAndForwardedToOrigin": keyed, **times}
    return {"Policy": of("CloudFront::CachePolicy", CachePolicyConfig=config)}


def forwarded(**headers: Any) -> Resources:
    config = {"Name": "p", "HeadersConfig": headers}
    return {"Policy": of("CloudFront::OriginRequestPolicy", OriginRequestPolicyConfig=config)}


def guarded(target: Any) -> Resources:
    return {
        "Pages": of("CloudFront::Distribution"), "Stage": of("ApiGateway::Stage"),
        "Guard": of("WAFv2::WebACLAssociation", ResourceArn=target, WebACLArn="arn"),
    }  # fmt: skip


def attached(listed: int, to: Any) -> Resources:
    arns = [f"arn:aws:iam::111122223333:policy/p{number}" for number in range(listed)]
    other = of("IAM::Role", AssumeRolePolicyDocument=TRUST)
    return functions.role(ManagedPolicyArns=arns) | {"Other": other} | given("ManagedPolicy", "s3:GetObject", to=to)


CAPACITY: Final = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
UNLOCKED: Final = policy(allow("kms:Decrypt") | {"Principal": functions.ROOT})
NOTHING: Final = {"MinTTL": 0, "MaxTTL": 0, "DefaultTTL": 0}
VERIFIED: Final = "AttributesRequireVerificationBeforeUpdate"
GOOGLE: Final = {"ProviderType": "Google", "ProviderDetails": cognito.DETAILS}
ELSEWHERE: Final = {"Client": of("Cognito::UserPoolClient", UserPoolId="us-east-1_1", AllowedOAuthScopes=["a/b"],
                                 SupportedIdentityProviders=["Google"])}  # fmt: skip

ALIKE: Final[dict[str, Resources]] = {
    "attributes that a parameter names": cognito.pool(UserAttributeUpdateSettings={VERIFIED: [PARAMETER]}),
    "attributes that a parameter says are verified": cognito.pool(
        UserAttributeUpdateSettings={VERIFIED: ["email"]}, AutoVerifiedAttributes=[PARAMETER]
    ),
    "factors that a parameter names": cognito.pool(MfaConfiguration="ON", EnabledMfas=PARAMETER),
    "text messages that something sends": cognito.pool(
        MfaConfiguration="ON", EnabledMfas=["SMS_MFA"], SmsConfiguration={"SnsCallerArn": "arn"}
    ),
    "threat protection that is off": cognito.pool(
        UserPoolTier="ESSENTIALS", UserPoolAddOns={"AdvancedSecurityMode": "OFF"}
    ),
    "a domain of one's own": {"Domain": of(
        "Cognito::UserPoolDomain", Domain="login.aws.example.com", CustomDomainConfig={"CertificateArn": "arn"})},
    "a prefix that a parameter names": {**POOL, "Domain": of("Cognito::UserPoolDomain", Domain=PARAMETER)},
    "a required attribute that a parameter names": cognito.pool(Schema=[{"Name": PARAMETER, "Required": True}]),
    "a provider and a scope of an imported pool": ELSEWHERE,
    "providers and scopes that parameters name": cognito.client(
        SupportedIdentityProviders=[PARAMETER], AllowedOAuthScopes=[PARAMETER]
    ),
    "a provider whose name a parameter says, waited for": {
        name: each | ({"DependsOn": "Provider"} if name == "Client" else {})
        for name, each in (cognito.provider(ProviderName=PARAMETER, **GOOGLE)
                           | cognito.client(SupportedIdentityProviders=["Google"])).items()
    },
    "a refresh token of no days, which is the default": cognito.client(RefreshTokenValidity=0),
    "a token's time by parameter": cognito.client(RefreshTokenValidity=PARAMETER),
    "a token's unit by parameter": cognito.client(IdTokenValidity=9, TokenValidityUnits={"IdToken": PARAMETER}),
    "a provider's name by parameter": cognito.provider(ProviderName=PARAMETER, **GOOGLE),
    "a provider's details by nobody": cognito.provider(ProviderName="Google", ProviderType="Google"),
    "a social provider's mapping": role_mapping("graph.facebook.com"),
    "a mapping of a client": role_mapping("cognito-idp.eu-west-1.amazonaws.com/p:c"),
    "a mapping that a parameter names": role_mapping(PARAMETER),
    "a mapping of another attribute": role_mapping(att("Pool", "Arn")),
    "a policy that denies everybody": bucket_policy({"Effect": "Deny"}),
    "a policy for everybody on a condition": bucket_policy({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
    "a policy for a service": bucket_policy({"Principal": {"Service": "logging.s3.amazonaws.com"}}),
    "a bucket that may be open": bucket_policy({}, PublicAccessBlockConfiguration={"BlockPublicPolicy": PARAMETER}),
    "a bucket that blocks lists alone": bucket_policy({}, PublicAccessBlockConfiguration={"BlockPublicAcls": True}),
    "notifications of two folders": notifying(("s3:ObjectCreated:*", "a/", ""), ("s3:ObjectCreated:*", "b/", "")),
    "notifications of two endings": notifying(
        ("s3:ObjectCreated:*", "a/", ".jpg"), ("s3:ObjectCreated:Put", "a/", ".png")
    ),
    "notifications by parameter": notifying(("s3:ObjectCreated:*", "", ""), ("s3:ObjectCreated:*", PARAMETER, "")),
    "a custom resource that is none of S3's": custom("Custom::Other", "a/"),
    "an index of a table on demand": storage.table(
        BillingMode="PAY_PER_REQUEST", ProvisionedThroughput=CAPACITY, GlobalSecondaryIndexes=[storage.index("a", "a")]
    ),
    "a table whose capacity nobody says": storage.table(GlobalSecondaryIndexes=[storage.index("a", "a")]),
    "an index with a capacity": storage.table(
        ProvisionedThroughput=CAPACITY,
        GlobalSecondaryIndexes=[storage.index("a", "a") | {"ProvisionedThroughput": CAPACITY}],
    ),
    "a replica with a capacity": storage.table(
        "GlobalTable", Replicas=[{"Region": "us-east-1", "ReadProvisionedThroughputSettings": {"a": 1}}]
    ),
    "policies of two roles": ROLE | {
        "Other": ROLE["Role"], "One": functions.inline("one", 80),
        "Two": changed(functions.inline("two", 80), Roles=[ref("Other")]),
    },
    "a key that may lock its owner out": {
        "Key": of("KMS::Key", KeyPolicy=UNLOCKED, BypassPolicyLockoutSafetyCheck=True)
    },
    "a key with the policy that KMS gives it": {"Key": of("KMS::Key")},
    "ten managed policies and one of another role": attached(10, [ref("Other")]),
    "a queue that shows messages by parameter": queued(PARAMETER, 900),
    "a function that runs by parameter": queued(1, PARAMETER),
    "a network and a policy from outside": networked(functions.role(ManagedPolicyArns=["arn:aws:iam::1:policy/p"])),
    "a network and policies by parameter": networked(functions.role(ManagedPolicyArns=PARAMETER)),
    "a network and a policy of its own type": networked(ROLE | given("RolePolicy", "ec2:*"), "Given"),
    "a network and a policy by parameter": networked(ROLE | given(), "Given"),
    "a stream and a policy from outside": {
        **functions.function(), "Table": functions.STREAM, "Mapped": functions.MAPPED,
        **functions.role(ManagedPolicyArns=["arn:aws:iam::1:policy/p"]),
    },
    "routes of two methods": http("GET /a/{one}", "PUT /a/{two}"),
    "routes of two APIs": http("GET /a/{one}", other="GET /a/{two}"),
    "routes that agree": http("GET /a/{one}", "GET /a/{one}/b", "GET /a/{one}/c"),
    "a route beside a variable": http("GET /a/{one}", "GET /a/one"),
    "a variable beside a route": http("GET /a/one", "GET /a/{one}"),
    "a route for all beside a variable": http("GET /a/{one}", "GET /a/{two+}"),
    "routes by parameter": http(PARAMETER, "GET /a/{one}", {"Fn::Sub": "GET /a/${Parameter}"}),
    "the default route": http("$default", "GET /a/{one}"),
    "credentials from origins by parameter": {"Http": of("ApiGatewayV2::Api", CorsConfiguration={
        "AllowCredentials": True, "AllowOrigins": PARAMETER})},
    "every origin without credentials": {"Http": of("ApiGatewayV2::Api", CorsConfiguration={
        "AllowCredentials": False, "AllowOrigins": ["*"]})},
    "a cache policy that keeps for a day": cached(headers=delivery.AUTHORIZATION, MinTTL=0),
    "a cache policy of nothing": cached(**NOTHING),
    "a cache policy by parameter": cached(headers={"HeaderBehavior": PARAMETER}, **NOTHING),
    "another header": forwarded(HeaderBehavior="whitelist", Headers=["Accept"]),
    "headers by parameter": forwarded(HeaderBehavior="whitelist", Headers=PARAMETER),
    "all headers but one": forwarded(HeaderBehavior="allExcept", Headers=["Authorization"]),
    "a web ACL of an API": guarded(ref("Stage")),
}  # fmt: skip
"""Templates similar to refused ones that AWS accepts or that the template does not determine."""

REFUSED: Final[dict[str, tuple[Resources, str]]] = {
    "text messages beside an app": (
        cognito.pool(MfaConfiguration="ON", EnabledMfas=["SMS_MFA", "SOFTWARE_TOKEN_MFA"]), "SMS configuration"),
    "a provider of another pool": (
        {**cognito.client(SupportedIdentityProviders=["Google"]), "Other": of("Cognito::UserPool"),
         "Provider": of("Cognito::UserPoolIdentityProvider", UserPoolId=ref("Other"), ProviderName="Google", **GOOGLE)},
        "The pool is made here, and the provider Google is not"),
    "another provider": (
        cognito.provider(ProviderName="Facebook", ProviderType="Facebook", ProviderDetails=cognito.DETAILS)
        | {"Client": cognito.client(SupportedIdentityProviders=["Google"])["Client"] | {"DependsOn": "Provider"}},
        "The pool is made here, and the provider Google is not"),
    "a mapping of a pool's name": (role_mapping(att("Pool", "ProviderName")), "is not a valid RoleMapping"),
    "a mapping of an address": (role_mapping("https://cognito-idp.eu-west-1.amazonaws.com/p:c"), "is not a valid"),
    "a mapping of a pool": (role_mapping("cognito-idp.eu-west-1.amazonaws.com/p"), "is not a valid RoleMapping"),
    "a policy for every AWS account": (bucket_policy({"Principal": {"AWS": "*"}}), "PutBucketPolicy"),
    "a policy for every account in a list": (bucket_policy({"Principal": {"AWS": ["*"]}}), "PutBucketPolicy"),
    "a bucket that says it blocks": (
        bucket_policy({}, PublicAccessBlockConfiguration={"BlockPublicPolicy": True}), "PutBucketPolicy"),
    "versions that are suspended": (
        storage.bucket(ReplicationConfiguration={"Role": "r", "Rules": [{"Status": "Enabled"}]},
                       VersioningConfiguration={"Status": "Suspended"}), "Versioning must be"),
    "the same event twice": (notifying(*[("s3:ObjectCreated:Put", "", "")] * 2), "ambiguously"),
    "the wider event second": (
        notifying(("s3:ObjectCreated:Put", "a/b", ".jpg"), ("s3:ObjectCreated:*", "a/", ".jpg")), "ambiguously"),
    "the wider event first": (
        notifying(("s3:ObjectCreated:*", "a/", "g"), ("s3:ObjectCreated:Put", "a/b", ".jpg")), "ambiguously"),
    "the longer ending first": (
        notifying(("s3:ObjectCreated:*", "a/", ".jpg"), ("s3:ObjectCreated:Put", "a/b", "g")), "ambiguously"),
    "a policy of its own type": (
        ROLE | {"Policy": {"Type": "AWS::IAM::RolePolicy", "Properties": {
            "PolicyName": "p", "RoleName": ref("Role"),
            "PolicyDocument": functions.inline("p", 130)["Properties"]["PolicyDocument"]}}}, "10240"),
    "the CDK's own resource": (custom("Custom::S3BucketNotifications", "a/"), "ambiguously"),
    "ten managed policies and one more": (attached(10, [ref("Role")]), "PoliciesPerRole"),
    "a queue of an alias": (queued(30, 60, ref("Live")), "Queue visibility timeout"),
    "a network and the policy of another role": (
        networked(ROLE | {"Other": ROLE["Role"]} | given("Policy", "ec2:*", to=[ref("Other")]), "Given"),
        "may make no network interface"),
    "a network and a policy about something else": (networked(ROLE | given("Policy", "s3:*"), "Given"), "may make no"),
    "a network and the right to log": (
        networked(functions.role(ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"])),
        "may make no network interface"),
    "two names of one variable": (http("GET /a/{one}", "GET /a/{two}/b"), "conflicting variable"),
    "a web ACL of a distribution here": (guarded(ref("Pages")), "The ARN isn't valid"),
    "a route that the stage does not wait for": (
        HTTP | {"Get": api.route("GET /a"), "Stage": of("ApiGatewayV2::Stage", ApiId=ref("Http"), StageName="s",
                                                        RouteSettings={"GET /a": {}})}, "which it does not wait for"),
    "a route that is not there": (
        HTTP | {"Stage": of("ApiGatewayV2::Stage", ApiId=ref("Http"), StageName="s", RouteSettings={"GET /a": {}})},
        "which is no route"),
}  # fmt: skip
"""Refusals at the boundary of a rule, and the reported text."""

GUARDED: Final = HTTP | {"Users": api.USERS, "Get": api.route("GET /notes", **api.GUARDED)}
RECORD: Final = {"Alias": delivery.record("CNAME")}


UPDATES: Final[dict[str, tuple[Resources, Resources]]] = {
    "a route of another API": (http("GET /a/{one}"), HTTP | {"New": of(
        "ApiGatewayV2::Route", ApiId="another", RouteKey="GET /a/{two}")}),
    "a route that conflicts with none": (http("GET /a/{one}"), HTTP | {"New": api.route("GET /b/{two}")}),
    "a route that opens while the authorizer stays": (GUARDED, GUARDED | {"Get": api.route("GET /notes")}),
    "a route that gets another authorizer": (GUARDED, HTTP | {"Others": api.USERS | {"Properties": {
        **api.USERS["Properties"], "Name": "others"}}, "Get": api.route("GET /notes", AuthorizerId=ref("Others"))}),
    "a record of another zone": (RECORD, {"Address": changed(delivery.record("A"), HostedZoneId="Z2")}),
    "a record of another name": (RECORD, {"Address": changed(delivery.record("A"), Name="www.example.com")}),
    "an address of the other kind": ({"Alias": delivery.record("A")}, {"Address": delivery.record("AAAA")}),
    "a load balancer and its new group": (
        {name: each for name, each in delivery.balanced("internal").items() if name != "Group"},
        delivery.balanced("internet-facing")),
    "policies of a role that is new": ({}, ROLE | {"One": functions.inline("one", 80)}),
}  # fmt: skip
"""Old and new side of updates similar to refused ones."""


def refused(old: Resources, new: Resources) -> list[str]:
    findings = find_replacements({"S": {"Resources": old}}, {"S": {"Resources": new}}).findings
    return [each.what for each in findings if each.effect is Effect.REFUSED]


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_alike_is_not_refused(name: str) -> None:
    assert refused({}, copy.deepcopy(ALIKE[name])) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_at_the_edge_is_refused(name: str) -> None:
    new, said = REFUSED[name]
    found = refused({}, copy.deepcopy(new))
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_that_is_alike_is_not_refused(name: str) -> None:
    assert refused(*copy.deepcopy(UPDATES[name])) == []


def odd(value: Any) -> Iterator[Any]:
    """Yield a value with each of its parts in turn in another form."""
    yield from (PARAMETER, [PARAMETER], 7)
    if isinstance(value, dict):
        yield from ({**value, name: each} for name, inner in value.items() for each in odd(inner))
    elif isinstance(value, list):
        yield from ([*value[:at], each, *value[at + 1 :]] for at, inner in enumerate(value[:2]) for each in odd(inner))


def test_a_property_of_any_form_is_read() -> None:
    """The rules run on every template; CloudFormation's validation rejects invalid formats."""
    read = 0
    for new in [*ALIKE.values(), *(each for each, _ in REFUSED.values()), *(each for _, each in UPDATES.values())]:
        for name, resource in new.items():
            for properties in odd(resource["Properties"]):
                template = {"Resources": {**new, name: {**resource, "Properties": properties}}}
                read += len(list(refused_alone("S", template))) >= 0
                list(refused_between(View("S", {"Resources": new}), View("S", template)))
    assert read > 3_000


def test_a_role_whose_new_policies_are_too_large_is_said_once() -> None:
    old = ROLE | {"One": functions.inline("one", 40)}
    assert len(refused(old, ROLE | {"All": functions.inline("all", 130)})) == 1


def test_a_record_that_is_renamed_is_said_once() -> None:
    assert len(refused(RECORD, {"Address": delivery.record("CNAME")})) == 1


def test_a_resource_that_may_not_be_made_is_not_refused_for_certain() -> None:
    resources = cognito.domain("aws-app")
    resources["Domain"] = {**resources["Domain"], "Condition": "Pages"}
    (found,) = find_replacements({}, {"S": {"Resources": resources}}).findings
    assert not found.certain


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"a": [1, "b"]}, len('{"a":[1,"b"]}')),
        ({"a": PARAMETER}, len('{"a":""}')),
        ({"Fn::Join": ["", ["abc", PARAMETER, "d"]]}, len('"abcd"')),
        ({"Fn::Sub": "abc${Parameter}d"}, len('"abcd"')),
        ({"Fn::Select": [0, ["abc"]]}, len('""')),
        ({"Fn::Join": "odd"}, len('""')),
        (["Fn::If"], len('["Fn::If"]')),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, len('{"b":"1"}') - 2),
        ([{"Fn::If": ["A", "abc", "d"]}, "e"], len('["e"]')),
    ],
)
def test_the_least_size_counts_what_stands_in_the_template(value: Any, size: int) -> None:
    assert abs(least_size(value) - size) <= 2 * str(value).count("1")  # numbers are texts to CloudFormation


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, []), (["a", "b"], ["a", "b"]), (["a", PARAMETER], None), (PARAMETER, None), (["a", 1], None)],
)
def test_a_list_with_a_function_in_it_is_not_said(value: Any, said: list[str] | None) -> None:
    assert texts(value) == said


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ({"Effect": "Allow", "Action": "KMS:Put*"}, True),
        ({"Effect": "Allow", "Action": ["kms:Get*", PARAMETER]}, True),
        ({"Effect": "Allow", "NotAction": "kms:Decrypt"}, True),
        ({"Effect": "Allow", "Action": ["kms:Get*"]}, False),
        ({"Effect": "Deny", "Action": "kms:*"}, False),
    ],
)
def test_a_statement_may_allow_what_its_actions_fit_and_what_a_function_may_name(statement: Any, *, may: bool) -> None:
    assert allows(statement, "kms:PutKeyPolicy") is may
