"""A changed setting that decides who a caller is, or who may call, is never "no access changes"."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from tests.analysis.conftest import PUBLIC, Document, template

Resource = Document


def resource(type_: str, **properties: Any) -> Resource:
    return {"Type": f"AWS::{type_}", "Properties": properties}


def with_more(**resources: Resource) -> Document:
    return template([PUBLIC], more=resources)


def diff(old: Document, new: Document) -> Diff:
    versions = [[Template(name=name, body=body, source="t")] for name, body in (("Old", old), ("New", new))]
    return compare(*versions)


def silent(found: Diff) -> bool:
    return not found.changes and not found.undecided


USERS = {"UserPoolId": {"Ref": "Users"}}
POOL = resource("Cognito::UserPool", AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
RULES = [
    {"Claim": "custom:a", "MatchType": "Equals", "Value": each, "RoleARN": {"Fn::GetAtt": ["User", "Arn"]}}
    for each in "xy"
]
LISTENER = {"ListenerArn": {"Ref": "Listener"}, "Priority": 1}
FORWARD = {"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/t/1"}


def by_token(**more: Any) -> Document:
    settings = {"Issuer": "https://a.example.com", "JwksEndpoint": "https://a.example.com/keys", **more}
    return resource(
        "ElasticLoadBalancingV2::ListenerRule",
        **LISTENER,
        Actions=[{"Type": "jwt-validation", "JwtValidationConfig": settings}, FORWARD],
    )


def answering(text: str) -> Document:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"MessageBody": text}}
    return resource("ElasticLoadBalancingV2::ListenerRule", **LISTENER, Actions=[answer])


def mapped(rules: list[Document]) -> Document:
    mapping = {
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "IdentityProvider": "x",
        "RulesConfiguration": {"Rules": rules},
    }
    return resource("Cognito::IdentityPoolRoleAttachment", IdentityPoolId="another", RoleMappings={"m": mapping})


CHANGES: dict[str, tuple[Resource | None, Resource | None, str]] = {
    "a trigger": (
        POOL,
        resource("Cognito::UserPool", **POOL["Properties"], LambdaConfig={"PreTokenGeneration": "arn:x"}),
        "LambdaConfig",
    ),
    "another trigger": (
        resource("Cognito::UserPool", LambdaConfig={"PreSignUp": "arn:x"}),
        resource("Cognito::UserPool", LambdaConfig={"PreSignUp": "arn:y"}),
        "LambdaConfig.PreSignUp",
    ),
    "a provider of a user pool": (
        None,
        resource("Cognito::UserPoolIdentityProvider", **USERS, ProviderName="x"),
        "is new",
    ),
    "an address that gets tokens": (
        resource("Cognito::UserPoolClient", **USERS, CallbackURLs=["https://a.example.com"]),
        resource("Cognito::UserPoolClient", **USERS, CallbackURLs=["https://b.example.com"]),
        "CallbackURLs",
    ),
    "the order of rules": (mapped(RULES), mapped(RULES[::-1]), "Rules"),
    "the precedence of a group": (
        resource("Cognito::UserPoolGroup", **USERS, GroupName="g", Precedence=1),
        resource("Cognito::UserPoolGroup", **USERS, GroupName="g", Precedence=2),
        "Precedence",
    ),
    "a type of Cognito that is not listed": (None, resource("Cognito::Tomorrow", **USERS), "is new"),
    "a provider of the account": (None, resource("IAM::OIDCProvider", Url="https://x.example.com"), "is new"),
    "a member of an IAM group": (
        resource("IAM::UserToGroupAddition", GroupName="g", Users=["a"]),
        resource("IAM::UserToGroupAddition", GroupName="g", Users=["a", "b"]),
        "Users",
    ),
    "the issuer of a load balancer's rule": (by_token(), by_token(Issuer="https://b.example.com"), "Issuer"),
    "the claims of a load balancer's rule": (
        by_token(AdditionalClaims=[{"Format": "single-string", "Name": "token_use", "Values": ["access"]}]),
        by_token(),
        "AdditionalClaims",
    ),
    "the principals of a permission of any type": (
        resource("X::LayerPermission", Who="a"),
        resource("X::LayerPermission", Who="*"),
        "Who",
    ),
    "the keys that sign addresses": (
        resource("CloudFront::Distribution", DistributionConfig={"CacheBehaviors": [{"TrustedKeyGroups": ["k"]}, {}]}),
        resource("CloudFront::Distribution", DistributionConfig={"CacheBehaviors": [{}]}),
        "DistributionConfig",
    ),
    "directives of a schema": (
        resource("AppSync::GraphQLSchema", Definition="type A @aws_iam {}"),
        resource("AppSync::GraphQLSchema", Definition="type A {}"),
        "Definition",
    ),
    "the administrator of a search domain": (
        resource("OpenSearchService::Domain"),
        resource("OpenSearchService::Domain", AdvancedSecurityOptions={"MasterUserOptions": {"MasterUserARN": "a"}}),
        "MasterUserOptions",
    ),
    "a database on the internet": (
        resource("RDS::DBInstance", PubliclyAccessible=False),
        resource("RDS::DBInstance", PubliclyAccessible=True),
        "PubliclyAccessible",
    ),
    **{
        f"{name} of {type_}": (resource(type_, **old), resource(type_, **new), name)
        for type_, old, new, name in (
            ("VpcLattice::Service", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "AuthType"),
            ("Neptune::DBCluster", {"IamAuthEnabled": True}, {"IamAuthEnabled": False}, "IamAuthEnabled"),
            ("NeptuneGraph::Graph", {"PublicConnectivity": False}, {"PublicConnectivity": True}, "PublicConnectivity"),
            ("Transfer::Server", {"EndpointType": "VPC"}, {"EndpointType": "PUBLIC"}, "EndpointType"),
            (
                "Transfer::Server",
                {"IdentityProviderType": "SERVICE_MANAGED"},
                {"IdentityProviderType": "AWS_LAMBDA"},
                "IdentityProviderType",
            ),
            ("Transfer::User", {"SshPublicKeys": ["a"]}, {"SshPublicKeys": ["b"]}, "SshPublicKeys"),
            ("Amplify::App", {"BasicAuthConfig": {"EnableBasicAuth": True}}, {}, "BasicAuthConfig"),
            (
                "CloudFront::KeyGroup",
                {"KeyGroupConfig": {"Items": ["a"]}},
                {"KeyGroupConfig": {"Items": ["a", "b"]}},
                "Items",
            ),
            (
                "CloudFront::PublicKey",
                {"PublicKeyConfig": {"EncodedKey": "a"}},
                {"PublicKeyConfig": {"EncodedKey": "b"}},
                "EncodedKey",
            ),
            ("ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"}, {"Scheme": "internet-facing"}, "Scheme"),
            (
                "ElasticLoadBalancingV2::TrustStore",
                {"CaCertificatesBundleS3Key": "a"},
                {"CaCertificatesBundleS3Key": "b"},
                "CaCertificatesBundleS3Key",
            ),
            ("ElastiCache::User", {"NoPasswordRequired": False}, {"NoPasswordRequired": True}, "NoPasswordRequired"),
            ("MemoryDB::User", {"AccessString": "on ~a"}, {"AccessString": "on ~*"}, "AccessString"),
            (
                "MSK::Cluster",
                {"ClientAuthentication": {"Unauthenticated": {"Enabled": False}}},
                {"ClientAuthentication": {"Unauthenticated": {"Enabled": True}}},
                "Unauthenticated",
            ),
            (
                "OpenSearchService::Domain",
                {"AdvancedSecurityOptions": {"Enabled": True}},
                {"AdvancedSecurityOptions": {"Enabled": False}},
                "AdvancedSecurityOptions",
            ),
            (
                "SageMaker::NotebookInstance",
                {"DirectInternetAccess": "Disabled"},
                {"DirectInternetAccess": "Enabled"},
                "DirectInternetAccess",
            ),
            (
                "VerifiedPermissions::Policy",
                {"Definition": {"Static": {"Statement": "forbid(principal,action,resource);"}}},
                {"Definition": {"Static": {"Statement": "permit(principal,action,resource);"}}},
                "Definition",
            ),
            (
                "EC2::VerifiedAccessGroup",
                {"PolicyDocument": "forbid(principal,action,resource);"},
                {"PolicyDocument": "permit(principal,action,resource);"},
                "PolicyDocument",
            ),
            (
                "Location::APIKey",
                {"Restrictions": {"AllowResources": ["a"]}},
                {"Restrictions": {"AllowResources": ["b"]}},
                "Restrictions",
            ),
            ("EKS::PodIdentityAssociation", {"ServiceAccount": "a"}, {"ServiceAccount": "b"}, "ServiceAccount"),
        )
    },
    "a key of an API": (None, resource("AppSync::ApiKey", ApiId="a"), "is new"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_setting_that_decides_access_is_not_decided_and_named(name: str) -> None:
    old, new, named = CHANGES[name]
    found = diff(with_more(**({"X": old} if old else {})), with_more(**({"X": new} if new else {})))
    assert any(each.startswith("X (AWS::") and named in each for each in found.undecided), found


HARMLESS: dict[str, tuple[Resource, Resource]] = {
    "a password policy and tags": (
        POOL,
        resource(
            "Cognito::UserPool",
            **POOL["Properties"],
            Policies={"PasswordPolicy": {"MinimumLength": 20}},
            UserPoolTags={"a": "b"},
        ),
    ),
    "the lifetime of tokens": (
        resource("Cognito::UserPoolClient", **USERS),
        resource("Cognito::UserPoolClient", **USERS, IdTokenValidity=5),
    ),
    "the order of addresses": (
        resource("Cognito::UserPoolClient", **USERS, CallbackURLs=["https://a", "https://b"]),
        resource("Cognito::UserPoolClient", **USERS, CallbackURLs=["https://b", "https://a"]),
    ),
    "the spelling of a number": (
        resource("Cognito::UserPoolGroup", **USERS, GroupName="g", Precedence=1),
        resource("Cognito::UserPoolGroup", **USERS, GroupName="g", Precedence="1"),
    ),
    "the memory of a function": (
        resource("Lambda::Function", MemorySize=128),
        resource("Lambda::Function", MemorySize=256),
    ),
    "a scaling policy": (
        resource("ApplicationAutoScaling::ScalingPolicy", PolicyName="a"),
        resource("ApplicationAutoScaling::ScalingPolicy", PolicyName="b"),
    ),
    "a distribution's comment": (
        resource("CloudFront::Distribution", DistributionConfig={"Comment": "a"}),
        resource("CloudFront::Distribution", DistributionConfig={"Comment": "b"}),
    ),
    "the name of a key group": (
        resource("CloudFront::KeyGroup", KeyGroupConfig={"Items": ["a"], "Name": "a"}),
        resource("CloudFront::KeyGroup", KeyGroupConfig={"Items": ["a"], "Name": "b", "Comment": "c"}),
    ),
    "the end of an API's key": (
        resource("AppSync::ApiKey", ApiId="a", Expires=1),
        resource("AppSync::ApiKey", ApiId="a", Expires=2, Description="b"),
    ),
    "an author and an authority": (
        resource("X::Thing", Author="a", CertificateAuthorityArn="a"),
        resource("X::Thing", Author="b", CertificateAuthorityArn="b"),
    ),
    "a queue": (resource("SQS::Queue"), resource("SQS::Queue", DelaySeconds=3)),
    "the text of a fixed answer": (answering("a"), answering("b")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_setting_without_a_say_in_access_is_no_change(name: str) -> None:
    old, new = HARMLESS[name]
    assert silent(diff(with_more(X=old), with_more(X=new)))


def test_a_rule_that_was_open_to_anyone_and_asks_for_a_token_only_loses() -> None:
    listener = resource("ElasticLoadBalancingV2::Listener", DefaultActions=[{"Type": "fixed-response"}])
    is_open = resource("ElasticLoadBalancingV2::ListenerRule", **LISTENER, Actions=[FORWARD])
    found = diff(with_more(Listener=listener, X=is_open), with_more(Listener=listener, X=by_token()))
    assert (len(found.lost), found.gained, found.undecided) == (1, (), ())


def test_a_new_group_is_compared_by_its_role() -> None:
    group = resource("Cognito::UserPoolGroup", **USERS, GroupName="g", Precedence=1)
    assert silent(diff(with_more(), with_more(X=group)))


def renamed(body: Document) -> Document:
    """Return a template whose resources have other logical IDs."""
    text = copy.deepcopy(body)

    def walk(value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return {"Ref": f"{name}2"}
            case {"Fn::GetAtt": [name, attribute]}:
                return {"Fn::GetAtt": [f"{name}2", attribute]}
            case dict():
                return {key: walk(inner) for key, inner in value.items()}
            case list():
                return [walk(each) for each in value]
            case _:
                return value

    return {"Resources": {f"{name}2": walk(each) for name, each in text["Resources"].items()}}


def test_another_logical_id_is_no_changed_setting() -> None:
    body = {
        "Resources": {
            "Users": POOL,
            "Others": POOL,
            "Client": resource("Cognito::UserPoolClient", **USERS, CallbackURLs=["https://a.example.com"]),
            "Second": resource("Cognito::UserPoolClient", UserPoolId={"Ref": "Others"}),
            "Pool": resource(
                "Cognito::IdentityPool",
                AllowUnauthenticatedIdentities=False,
                CognitoIdentityProviders=[
                    {"ClientId": {"Ref": "Client"}, "ProviderName": {"Fn::GetAtt": ["Users", "ProviderName"]}}
                ],
            ),
        }
    }
    assert silent(diff(body, renamed(body)))
    loose = renamed(body)
    loose["Resources"]["Client2"]["Properties"]["CallbackURLs"] = ["https://b.example.com"]
    assert not silent(diff(body, loose))


def test_an_attribute_that_sets_a_tag_and_that_users_can_now_write_is_not_decided() -> None:
    def body(*written: str) -> Document:
        provider = {"Fn::GetAtt": ["Users", "ProviderName"]}
        return with_more(
            Users=POOL,
            Client=resource("Cognito::UserPoolClient", **USERS, WriteAttributes=list(written)),
            Pool=resource("Cognito::IdentityPool", AllowUnauthenticatedIdentities=False,
                          CognitoIdentityProviders=[{"ClientId": {"Ref": "Client"}, "ProviderName": provider}]),
            Tags=resource("Cognito::IdentityPoolPrincipalTag", IdentityPoolId={"Ref": "Pool"},
                          IdentityProviderName=provider, PrincipalTags={"tenant": "custom:tenant"}),
        )  # fmt: skip

    found = diff(body("email"), body("email", "custom:tenant"))
    assert any("users can now write the claim custom:tenant" in each for each in found.undecided)
    assert silent(diff(body("email"), body("email", "custom:colour")))


def test_a_new_key_is_compared_by_the_group_and_a_group_by_the_distribution_that_has_it() -> None:
    key = resource("CloudFront::PublicKey", PublicKeyConfig={"EncodedKey": "a"})
    group = resource("CloudFront::KeyGroup", KeyGroupConfig={"Items": [{"Ref": "X"}]})
    assert silent(diff(with_more(), with_more(X=key, Y=group)))

    def files(*groups: Any) -> Resource:
        behavior = {"TrustedKeyGroups": [*groups]}
        return resource("CloudFront::Distribution", DistributionConfig={"DefaultCacheBehavior": behavior})

    found = diff(with_more(X=key, Y=group, Z=files("a")), with_more(X=key, Y=group, Z=files({"Ref": "Y"})))
    assert any("TrustedKeyGroups" in each for each in found.undecided)


def test_a_new_database_that_is_not_public_is_no_change() -> None:
    assert silent(diff(with_more(), with_more(X=resource("RDS::DBInstance", PubliclyAccessible=False))))
    assert not silent(diff(with_more(), with_more(X=resource("RDS::DBInstance", PubliclyAccessible=True))))
