"""Settings that decide who a caller is, who may call or who may act, and whose effect no request shows.

The table is closed by default: every property of a listed type or service counts that is not listed as having no say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.diff.changes import few
from constructs_lib.analysis.diff.policy_documents import has_document, is_document
from constructs_lib.analysis.diff.unordered_values import differing_paths
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.listeners import ANYONE, forwards
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.diff.renamed_resources import Differing
    from constructs_lib.analysis.model.resources import Resource

_EVERY: Final = "*"
_SIGN_IN: Final = "who can sign in, and with which claims,"
_ACCOUNT: Final = "who can act in the account"
_ROLES: Final = "which role a user gets"
_CALLS: Final = "whose calls it accepts"
_AUTHENTICATES: Final = frozenset({"authenticate-cognito", "authenticate-oidc", "jwt-validation"})


@dataclass(frozen=True, slots=True)
class _Decides:
    """What the properties of a type decide.

    Args:
        what: What they decide, in a sentence.
        neutral: The properties that decide nothing of it or are compared elsewhere, as globs; `*` for all.
        whole: Whether a resource that only one version has counts; otherwise it is compared elsewhere.
    """

    what: str
    neutral: frozenset[str] = frozenset()
    whole: bool = True


def _row(what: str, *neutral: str, whole: bool = True) -> _Decides:
    return _Decides(what, frozenset(neutral), whole)


_TYPES: Final[Mapping[str, _Decides]] = {
    "AWS::Cognito::*": _row(_SIGN_IN),
    "AWS::Cognito::IdentityPool": _row(
        "who becomes a signed-in user",
        # Compared as guests, the classic flow and providers: sign_in_changes.py.
        "AllowUnauthenticatedIdentities", "AllowClassicFlow", "CognitoIdentityProviders", "SupportedLoginProviders",
        "OpenIdConnectProviderARNs", "SamlProviderARNs", "DeveloperProviderName",
        "CognitoStreams", "PushSync", "IdentityPoolName", "IdentityPoolTags",
    ),
    "AWS::Cognito::IdentityPoolPrincipalTag": _row("which principal tags a session has"),
    "AWS::Cognito::IdentityPoolRoleAttachment": _row(
        _ROLES, "Roles", "IdentityPoolId", "RoleMappings.*.AmbiguousRoleResolution"
    ),
    "AWS::Cognito::LogDeliveryConfiguration": _row("", _EVERY),
    "AWS::Cognito::ManagedLoginBranding": _row("", _EVERY),
    "AWS::Cognito::Terms": _row("", _EVERY),
    "AWS::Cognito::UserPool": _row(
        _SIGN_IN,
        # Sign-up by anyone, and attributes that users can write, are compared.
        "AdminCreateUserConfig", "Schema",
        "DeletionProtection", "EmailAuthenticationMessage", "EmailAuthenticationSubject", "EmailConfiguration",
        "EmailVerificationMessage", "EmailVerificationSubject", "Policies.PasswordPolicy", "SmsAuthenticationMessage",
        "SmsConfiguration", "SmsVerificationMessage", "UserPoolName", "UserPoolTags", "UserPoolTier",
        "VerificationMessageTemplate",
    ),
    "AWS::Cognito::UserPoolClient": _row(
        "who gets its tokens",
        "AllowedOAuthScopes", "WriteAttributes",
        "AccessTokenValidity", "AnalyticsConfiguration", "AuthSessionValidity", "ClientName",
        "EnablePropagateAdditionalUserContextData", "EnableTokenRevocation", "IdTokenValidity", "LogoutURLs",
        "PreventUserExistenceErrors", "ReadAttributes", "RefreshTokenRotation", "RefreshTokenValidity",
        "TokenValidityUnits",
    ),
    "AWS::Cognito::UserPoolDomain": _row(_SIGN_IN, "ManagedLoginVersion"),
    "AWS::Cognito::UserPoolGroup": _row(_ROLES, "Description", "GroupName", "RoleArn", "UserPoolId", whole=False),
    "AWS::Cognito::UserPoolResourceServer": _row("", _EVERY),
    "AWS::Cognito::UserPoolUICustomizationAttachment": _row("", _EVERY),
    "AWS::Cognito::UserPoolUserToGroupAttachment": _row("", _EVERY),
    "AWS::IAM::*": _row(_ACCOUNT, "Tags", "Path", "Description"),
    "AWS::IAM::Group": _row(_ACCOUNT, "Path", "Policies", "GroupName"),
    "AWS::IAM::GroupPolicy": _row(_ACCOUNT, "PolicyDocument", "PolicyName"),
    "AWS::IAM::InstanceProfile": _row("who gets its role", "Path", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": _row(
        _ACCOUNT, "Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles",
    ),
    "AWS::IAM::OIDCProvider": _row("whose tokens the account accepts", "Tags"),
    "AWS::IAM::Policy": _row(_ACCOUNT, "PolicyDocument", "PolicyName", "Roles"),
    "AWS::IAM::Role": _row("", _EVERY),
    "AWS::IAM::RolePolicy": _row("", _EVERY),
    "AWS::IAM::SAMLProvider": _row("whose assertions the account accepts", "Tags"),
    "AWS::IAM::ServerCertificate": _row("", _EVERY),
    "AWS::IAM::ServiceLinkedRole": _row("", _EVERY),
    "AWS::IAM::User": _row(_ACCOUNT, "Path", "Policies", "Tags", "UserName"),
    "AWS::IAM::UserPolicy": _row(_ACCOUNT, "PolicyDocument", "PolicyName"),
    "AWS::RolesAnywhere::*": _row(_ACCOUNT, "Tags", "Name", "NotificationSettings"),
    "AWS::SSO::*": _row(_ACCOUNT, "Tags", "Description", "Name"),
    # A key of another group or of nobody's knowledge signs addresses of private files.
    "AWS::CloudFront::KeyGroup": _row(
        "whose signatures it accepts", "KeyGroupConfig.Comment", "KeyGroupConfig.Name", whole=False
    ),
    "AWS::CloudFront::PublicKey": _row(
        "whose signatures it accepts", "PublicKeyConfig.CallerReference", "PublicKeyConfig.Comment",
        "PublicKeyConfig.Name", whole=False,
    ),
    "AWS::CloudFront::TrustStore": _row("whose certificates it accepts", "Name", "Tags", whole=False),
    "AWS::ElasticLoadBalancingV2::TrustStore": _row("whose certificates it accepts", "Name", "Tags", whole=False),
    "AWS::ElasticLoadBalancingV2::TrustStoreRevocation": _row("whose certificates it accepts"),
    # Rules in languages other than IAM's, lists of users, and keys with which users sign in.
    **dict.fromkeys(
        (
            "AWS::BedrockAgentCore::Policy", "AWS::EC2::VerifiedAccessEndpoint", "AWS::EC2::VerifiedAccessGroup",
            "AWS::ElastiCache::UserGroup", "AWS::Location::APIKey", "AWS::MemoryDB::ACL", "AWS::Transfer::User",
            "AWS::VerifiedPermissions::*",
        ),
        _row("who may use it", "Description", "Tags"),
    ),
    "AWS::AppSync::ApiKey": _row("whose calls its API accepts", "ApiKeyId", "Description", "Expires"),
    "AWS::AppSync::Api": _row(
        _CALLS, "EventConfig.ConnectionAuthModes", "EventConfig.DefaultPublishAuthModes",
        "EventConfig.DefaultSubscribeAuthModes", "EventConfig.LogConfig", "Name", "OwnerContact", "Tags",
    ),
    "AWS::AppSync::GraphQLApi": _row(
        _CALLS, "EnhancedMetricsConfig", "EnvironmentVariables", "IntrospectionConfig", "LogConfig", "Name",
        "OwnerContact", "QueryDepthLimit", "ResolverCountLimit", "Tags", "XrayEnabled",
    ),
    # Directives of a schema such as @aws_auth.
    "AWS::AppSync::GraphQLSchema": _row(_CALLS),
    "AWS::ElasticLoadBalancingV2::Listener": _row(
        _CALLS, "AlpnPolicy", "Certificates", "DefaultActions.FixedResponseConfig", "DefaultActions.RedirectConfig",
        "ListenerAttributes", "Port", "Protocol", "SslPolicy", "Tags",
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": _row(
        _CALLS, "Actions.FixedResponseConfig", "Actions.RedirectConfig", "Tags", "Transforms",
    ),
    # Compared as routes, functions and buckets, or by their policies.
    **dict.fromkeys(
        (
            "AWS::ApiGateway::*", "AWS::ApiGatewayV2::*", "AWS::Lambda::Permission", "AWS::Lambda::Url",
            "AWS::S3::BucketPolicy",
        ),
        _row("", _EVERY),
    ),
    "AWS::S3::Bucket": _row("whom it admits", _EVERY),
    "AWS::ApiGateway::DomainName": _row(_CALLS, "SecurityPolicy", "Tags", "CertificateArn", "DomainName"),
    "AWS::ApiGatewayV2::DomainName": _row(_CALLS, "DomainNameConfigurations", "DomainName", "Tags"),
}  # fmt: skip
_GRANTS: Final = re.compile(
    r"(Permissions?|PermissionAssociation|(Access|Auth|Resource|Security)Policy|Grant|(Resource|Portfolio)Share|AccessEntry|"
    r"Principal(Association|Attachment)|PodIdentityAssociation|IdentityProviderConfig|EndpointAuthorization|"
    r"AuthorizationRule|AccessControlEntry|(Group|Project)Membership|Entitlement|DataAccessor|DRTAccess|SupportPermit|"
    r"AccessPointAttachment)$"
)
"""The ends of types that give access to principals, if no policy document of theirs says it."""
_NAMED: Final = re.compile(
    # Auth as a word, not in Author or Authority.
    r"Auth(?!or(?!iz))|^NoPassword|AccessString|IdentityProvider|AdvancedSecurityOptions|CognitoOptions|"
    r"Principal|Grantee|^Permissions$|^Trust|AccessAccounts$|CrossAccount|^AccessRules$|"
    r"Public(ly)?Access|Public(Connectivity|Endpoint|DomainNames)$|InternetAccess|NetworkAccessType|^EndpointType$|^Scheme$"
)
"""Names of properties, at any depth, that decide who may use a resource of any other type."""
_USE: Final = _row("who may use it")
_CLOSED: Final = {
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": "true", "AllowClassicFlow": "false",
    "AllowUnauthenticatedIdentities": "false", "CognitoIdentityProviders.ServerSideTokenCheck": "true",
    "PublicAccessBlockConfiguration.IgnorePublicAcls": "true",
    "PublicAccessBlockConfiguration.RestrictPublicBuckets": "true",
}  # fmt: skip
"""Properties that are compared as open where their value is not known, and the value that closes them.

Another value in place of an unknown one may open more, and no comparison shows it.
"""


def changed_settings(found: Sequence[Differing], old: Sequence[Resource]) -> Iterator[str]:
    """Yield the resources with a changed setting whose effect on access is not compared, each in a sentence."""
    open_before = {each.by.place for each in forwards(old) if each.who == ANYONE}
    for each in found:
        resource, decides = each.resource, _decides(each.resource)
        if not decides.whole and None in (each.old, each.new):
            continue
        different = differing_paths(*_settings(each, decides))
        paths = [path for path in different if not _is_neutral(path, decides) or _was_unknown(path, each)]
        # A rule that anyone could use admits no more people with authentication.
        if paths and not (resource.place in open_before and _forwards_to(each.old) == _forwards_to(each.new)):
            what = "is new" if each.old is None else "is gone" if each.new is None else f"has another {few(paths)}"
            yield f"{resource.name} ({resource.type}) {what}: {decides.what} is not compared"


def _decides(resource: Resource) -> _Decides:
    return _TYPES.get(resource.type) or _TYPES.get(f"{resource.type.rpartition('::')[0]}::*") or _USE


def _settings(found: Differing, decides: _Decides) -> tuple[Any, Any]:
    """Return the properties of both versions; of a type that is not listed, only those that decide who may use it."""
    versions = [each for each in (found.old, found.new) if each is not None]
    every = _GRANTS.search(found.resource.type) and not any(map(has_document, versions))
    before, after = (None if each is None else each.properties for each in (found.old, found.new))
    return (before, after) if decides is not _USE or every else (_named(before), _named(after, new=before is None))


def _named(value: Any, *, new: bool = False) -> Any:
    """Return the parts of a value that decide who may use a resource; what is off opens nothing where it is new."""
    if isinstance(value, Mapping):
        if is_document(value):
            return None
        kept = {
            name: inner if _NAMED.search(str(name)) else _named(inner, new=new)
            for name, inner in value.items()
            if not (new and inner is False)
        }
        return {name: inner for name, inner in kept.items() if inner is not None} or None
    return [part for each in value if (part := _named(each, new=new))] or None if isinstance(value, list) else None


def _is_neutral(path: str, decides: _Decides) -> bool:
    return any(fnmatchcase(path, each) or path.startswith(f"{each}.") for each in decides.neutral)


def _was_unknown(path: str, found: Differing) -> bool:
    """Return whether a setting that was not known is now one that may open more."""
    if path not in _CLOSED or found.old is None or found.new is None:
        return False
    before, after = (set(_texts_at(each.properties, path.split("."))) for each in (found.old, found.new))
    return any(map(is_unknown, before)) and after != {_CLOSED[path]}


def _texts_at(value: Any, names: Sequence[str]) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts_at(each, names)
    elif names and isinstance(value, Mapping):
        yield from _texts_at(value.get(names[0]), names[1:])
    else:
        yield text_of(value).lower()


def _forwards_to(rule: Resource | None) -> object:
    """Return a rule without its authentication."""
    if rule is None:
        return None
    lists = ("Actions", "DefaultActions")
    actions = [
        {**each, "Order": None}
        for name in lists
        for each in as_list(rule.get(name))
        if isinstance(each, Mapping) and each.get("Type") not in _AUTHENTICATES
    ]
    return actions, {name: value for name, value in rule.properties.items() if name not in lists}
