"""Sign-in, and the IAM roles it leads to."""

from constructs_lib.auth.attributes import Attribute
from constructs_lib.auth.auth import Auth, Owner
from constructs_lib.auth.clients import MachineClient, NativeClient, ResourceServer, ServerClient, WebClient
from constructs_lib.auth.domains import Branding, CustomDomain, PrefixDomain
from constructs_lib.auth.factors import Factors, PasswordPolicy
from constructs_lib.auth.groups import Group
from constructs_lib.auth.identity_providers import IdentityProviders, OpenIdConnect, Twitter
from constructs_lib.auth.messages import Messages, SesSender
from constructs_lib.auth.protection import Protection
from constructs_lib.auth.providers import Facebook, Google, LoginWithAmazon, Oidc, Saml, SignInWithApple
from constructs_lib.auth.role_rules import RoleRule
from constructs_lib.auth.sign_in import SignIn
from constructs_lib.auth.triggers import Triggers

__all__ = [
    "Attribute",
    "Auth",
    "Branding",
    "CustomDomain",
    "Facebook",
    "Factors",
    "Google",
    "Group",
    "IdentityProviders",
    "LoginWithAmazon",
    "MachineClient",
    "Messages",
    "NativeClient",
    "Oidc",
    "OpenIdConnect",
    "Owner",
    "PasswordPolicy",
    "PrefixDomain",
    "Protection",
    "ResourceServer",
    "RoleRule",
    "Saml",
    "ServerClient",
    "SesSender",
    "SignIn",
    "SignInWithApple",
    "Triggers",
    "Twitter",
    "WebClient",
]
