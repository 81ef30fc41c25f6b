"""The user pool and its public client, with safe defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

MINIMUM_PASSWORD_LENGTH = 12


def create_user_pool(
    scope: Construct, *, self_sign_up: bool, mfa: cognito.Mfa, removal_policy: RemovalPolicy
) -> cognito.UserPool:
    """Create a pool that signs users in by e-mail."""
    return cognito.UserPool(
        scope,
        "UserPool",
        sign_in_aliases=cognito.SignInAliases(email=True),
        # L2 leaves case sensitivity on, which Cognito cannot change later (aws-cdk#23524).
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        self_sign_up_enabled=self_sign_up,
        standard_attributes=cognito.StandardAttributes(email=cognito.StandardAttribute(required=True, mutable=True)),
        password_policy=cognito.PasswordPolicy(
            min_length=MINIMUM_PASSWORD_LENGTH,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
            temp_password_validity=Duration.days(3),
        ),
        mfa=mfa,
        mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True) if mfa is not cognito.Mfa.OFF else None,
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        keep_original=cognito.KeepOriginalAttrs(email=True),
        deletion_protection=removal_policy is not RemovalPolicy.DESTROY,
        removal_policy=removal_policy,
    )


def create_web_client(
    scope: Construct, user_pool: cognito.IUserPool, *, callback_urls: Sequence[str], logout_urls: Sequence[str]
) -> cognito.UserPoolClient:
    """Create a public client: SRP, and the authorization-code flow (with PKCE) when there is somewhere to return to."""
    return cognito.UserPoolClient(
        scope,
        "WebClient",
        user_pool=user_pool,
        generate_secret=False,
        auth_flows=cognito.AuthFlow(user_srp=True),
        disable_o_auth=not callback_urls,
        o_auth=cognito.OAuthSettings(
            flows=cognito.OAuthFlows(authorization_code_grant=True, implicit_code_grant=False),
            scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
            callback_urls=list(callback_urls),
            logout_urls=list(logout_urls) or None,
        )
        if callback_urls
        else None,
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
        # A client that may write every attribute may write the claims that access hangs on.
        write_attributes=cognito.ClientAttributes().with_standard_attributes(email=True, fullname=True, locale=True),
    )
