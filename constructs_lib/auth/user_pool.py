"""The user pool, created from the options of an Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsii
from aws_cdk import IStableAnyProducer, Lazy, RemovalPolicy, Stack, Validations
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.authentication_factors import MFA
from constructs_lib.auth.protection import CUSTOM_THREAT_PROTECTION, PLANS, THREAT_PROTECTION
from constructs_lib.auth.providers import SOCIAL
from constructs_lib.auth.sign_in import RECOVERY
from constructs_lib.auth.sms import create_sms_role, sms_external_id
from constructs_lib.pool_fingerprint import FINGERPRINT_KEY, immutable_fingerprint
from constructs_lib.resource_properties import resolve_resources

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from constructs_lib.auth.authentication_factors import Factors
    from constructs_lib.auth.option_checks import Options

_STYLES: Final = {
    "code": cognito.VerificationEmailStyle.CODE,
    "link": cognito.VerificationEmailStyle.LINK,
}


def create_user_pool(
    scope: Construct, options: Options, *, relying_party_id: str | None, sender_key: kms.IKey | None
) -> cognito.UserPool:
    """Create the pool from options that were checked together."""
    sign_in, factors, messages, protection = options.sign_in, options.factors, options.messages, options.protection
    plan = protection.plan_or_needed
    sms = _create_sms_sender(scope, options)
    by_sns = sms is not None and messages.sms is None
    pool = cognito.UserPool(
        scope,
        "UserPool",
        user_pool_name=options.user_pool_name,
        sign_in_aliases=cognito.SignInAliases(
            email=sign_in.email,
            phone=sign_in.phone,
            username=sign_in.username,
            preferred_username=sign_in.preferred_username,
        ),
        # L2 leaves case sensitivity on, which Cognito cannot change later (aws-cdk#23524).
        sign_in_case_sensitive=sign_in.case_sensitive,
        auto_verify=cognito.AutoVerifiedAttrs(email=sign_in.email, phone=sign_in.phone),
        # A new address replaces the verified one only after it is verified.
        keep_original=cognito.KeepOriginalAttrs(email=sign_in.email, phone=sign_in.phone or None),
        self_sign_up_enabled=sign_in.self_sign_up,
        account_recovery=RECOVERY[sign_in.recovery_or_default],
        user_verification=messages.verification(_STYLES[sign_in.verification]),
        user_invitation=messages.invitation(),
        mfa=MFA[factors.mfa],
        mfa_second_factor=_second_factors(factors),
        mfa_message=messages.mfa_sms,
        sign_in_policy=_first_factors(factors),
        password_policy=factors.password.to_cognito(),
        device_tracking=_device_tracking(factors),
        email=messages.email.to_cognito(scope) if messages.email is not None else None,
        enable_sms_role=None if by_sns else False,
        sms_role=sms.role if sms is not None and by_sns else None,
        sms_role_external_id=sms.external_id if sms is not None and by_sns else None,
        sns_region=messages.sms_region,
        feature_plan=PLANS[plan] if plan is not None else None,
        standard_threat_protection_mode=THREAT_PROTECTION[protection.threat_protection],
        custom_threat_protection_mode=CUSTOM_THREAT_PROTECTION[protection.custom_threat_protection],
        custom_sender_kms_key=sender_key,
        deletion_protection=options.removal_policy is not RemovalPolicy.DESTROY,
        removal_policy=options.removal_policy,
    )
    _set_beyond_l2(pool, options, relying_party_id=relying_party_id, sms=sms)
    _warn(scope, options)
    return pool


class _SmsSender(NamedTuple):
    """The SMS role of Cognito, and the external ID of its trust policy."""

    role: iam.Role
    external_id: str


def _create_sms_sender(scope: Construct, options: Options) -> _SmsSender | None:
    """Create the role that sends SMS; None if the pool sends none."""
    sign_in = options.sign_in
    if not (sign_in.phone or options.factors.texts or "phone" in sign_in.recovery_or_default):
        return None
    external_id = sms_external_id(scope)
    role = create_sms_role(scope, options.messages.sms, external_id=external_id, removal_policy=options.removal_policy)
    return _SmsSender(role, external_id)


def _set_beyond_l2(
    pool: cognito.UserPool, options: Options, *, relying_party_id: str | None, sms: _SmsSender | None
) -> None:
    """Set the properties that the L2 lacks, and the fingerprint of immutable settings."""
    messages, protection = options.messages, options.protection
    resource = pool.node.default_child
    assert isinstance(resource, cognito.CfnUserPool)  # noqa: S101 - what the L2 is made of
    # The L2's own schema states no types, and no constraints on standard attributes.
    resource.schema = [*options.attribute_set.schema()] or None
    if options.factors.passkeys:
        _allow_passkeys(resource, options.factors, relying_party_id)
    if messages.mfa_email_body or messages.mfa_email_subject:
        resource.email_authentication_message = messages.mfa_email_body
        resource.email_authentication_subject = messages.mfa_email_subject
    if messages.sms is not None and sms is not None:
        resource.sms_configuration = messages.sms.to_cognito(sms.role, sms.external_id)
    if protection.encryption_key is not None:
        resource.key_configuration = cognito.CfnUserPool.KeyConfigurationProperty(
            key_type="CUSTOMER_MANAGED_KEY", kms_key_arn=protection.encryption_key.key_arn
        )
    resource.add_metadata(FINGERPRINT_KEY, Lazy.any(_Fingerprint(resource)))


def _second_factors(factors: Factors) -> cognito.MfaSecondFactor | None:
    if factors.mfa == "off":
        return None
    return cognito.MfaSecondFactor(
        sms="sms" in factors.second, otp="totp" in factors.second, email="email" in factors.second or None
    )


def _first_factors(factors: Factors) -> cognito.SignInPolicy | None:
    if not factors.choice:
        return None
    return cognito.SignInPolicy(
        allowed_first_auth_factors=cognito.AllowedFirstAuthFactors(
            password=True,
            email_otp="email_otp" in factors.first,
            sms_otp="sms_otp" in factors.first,
            passkey=factors.passkeys,
        )
    )


def _device_tracking(factors: Factors) -> cognito.DeviceTracking | None:
    if factors.device_tracking == "off":
        return None
    return cognito.DeviceTracking(
        challenge_required_on_new_device=True,
        device_only_remembered_on_user_prompt=factors.device_tracking == "opt_in",
    )


def _allow_passkeys(resource: cognito.CfnUserPool, factors: Factors, relying_party_id: str | None) -> None:
    """Set the properties that the L2 lacks: a long relying party ID, and passkeys that count as both factors."""
    required = factors.mfa == "required"
    resource.web_authn_relying_party_id = relying_party_id
    resource.web_authn_user_verification = factors.user_verification or ("required" if required else "preferred")
    if required:
        resource.web_authn_factor_configuration = "MULTI_FACTOR_WITH_USER_VERIFICATION"


@jsii.implements(IStableAnyProducer)
class _Fingerprint:
    """Computes the fingerprint at synthesis, so that it includes escape hatches on the L1."""

    def __init__(self, resource: cognito.CfnUserPool) -> None:
        self._resource = resource

    def produce(self) -> Any:
        """Return the fingerprint."""
        (pool,) = resolve_resources(Stack.of(self._resource), self._resource)
        return immutable_fingerprint(_capitalized(pool.properties))


def _capitalized(value: Any) -> Any:
    """Return properties in CloudFormation's spelling."""
    if isinstance(value, list):
        return [_capitalized(each) for each in value]
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": _capitalized(each) for key, each in value.items()}
    return value


def _warn(scope: Construct, options: Options) -> None:
    sign_in, messages, factors = options.sign_in, options.messages, options.factors
    warnings = Validations.of(scope)
    if sign_in.email and messages.email is None and options.removal_policy is not RemovalPolicy.DESTROY:
        warnings.add_warning(
            "cognito-app:Auth.defaultEmailSender",
            "Cognito's own sender stops at about 50 e-mails a day: for production send through SES, with "
            "Auth(..., messages=Messages(email=SesSender(from_email=...)))",
        )
    if sign_in.phone and factors.mfa != "off" and "sms" not in factors.second:
        warnings.add_warning(
            "cognito-app:Auth.phoneWithoutSmsMfa",
            "users sign in by phone, and CloudFormation has refused such pools with MFA unless SMS is a second factor: "
            "use Factors(second=['totp', 'sms'])",
        )
    social = [provider.name for provider in options.providers if provider.kind in SOCIAL]
    checked = sign_in.allowed_email_domains or options.triggers.pre_sign_up is not None
    if social and not sign_in.self_sign_up and not checked:
        # AllowAdminCreateUserOnly concerns the operation SignUp; "PreSignUp_ExternalProvider" is another source.
        warnings.add_warning(
            "cognito-app:Auth.signUpByProvider",
            f"self_sign_up=False does not keep out users of {', '.join(social)}: each gets an account at the first "
            "sign-in and is a signed-in user; add SignIn(allowed_email_domains=[...]) or Triggers(pre_sign_up=...)",
        )
