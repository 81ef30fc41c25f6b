"""Sign-in with Cognito, and the IAM roles of callers."""

import importlib
from typing import TYPE_CHECKING, Any

from constructs_lib.auth.attributes import Attribute
from constructs_lib.auth.auth import Auth
from constructs_lib.auth.authentication_factors import Factors, PasswordPolicy
from constructs_lib.auth.clients import MachineClient, NativeClient, ResourceServer, ServerClient, WebClient
from constructs_lib.auth.domains import Branding, CustomDomain, PrefixDomain
from constructs_lib.auth.first_users import FirstUser
from constructs_lib.auth.groups import Group
from constructs_lib.auth.identity_providers import IamOidcProvider, IdentityProviders, Twitter, UserPoolProvider
from constructs_lib.auth.messages import Messages, SesSender
from constructs_lib.auth.owner_kinds import Owner
from constructs_lib.auth.protection import Protection
from constructs_lib.auth.providers import Facebook, Google, LoginWithAmazon, Oidc, Saml, SignInWithApple
from constructs_lib.auth.risk_configuration import RiskNotice, RiskResponses
from constructs_lib.auth.role_rules import RoleRule
from constructs_lib.auth.sign_in import SignIn
from constructs_lib.auth.sms import EndUserMessaging
from constructs_lib.auth.triggers import Triggers
from constructs_lib.auth.user_claims import Claim, Tenant

if TYPE_CHECKING:
    from constructs_lib.auth.built_in_triggers import ClaimForms, DefaultGroup, EmailDomains, GroupClaims

__all__ = [
    "Attribute",
    "Auth",
    "Branding",
    "Claim",
    "ClaimForms",
    "CustomDomain",
    "DefaultGroup",
    "EmailDomains",
    "EndUserMessaging",
    "Facebook",
    "Factors",
    "FirstUser",
    "Google",
    "Group",
    "GroupClaims",
    "IamOidcProvider",
    "IdentityProviders",
    "LoginWithAmazon",
    "MachineClient",
    "Messages",
    "NativeClient",
    "Oidc",
    "Owner",
    "PasswordPolicy",
    "PrefixDomain",
    "Protection",
    "ResourceServer",
    "RiskNotice",
    "RiskResponses",
    "RoleRule",
    "Saml",
    "ServerClient",
    "SesSender",
    "SignIn",
    "SignInWithApple",
    "Tenant",
    "Triggers",
    "Twitter",
    "UserPoolProvider",
    "WebClient",
]


def __getattr__(name: str) -> Any:
    """Import the built-in triggers on first use: their imports take a quarter of a second."""
    if name in {"ClaimForms", "DefaultGroup", "EmailDomains", "GroupClaims"}:
        return getattr(importlib.import_module("constructs_lib.auth.built_in_triggers"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
