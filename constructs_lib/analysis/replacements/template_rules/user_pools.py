"""Refusals of Cognito for a user pool and its domain."""

from collections.abc import Callable, Iterator
from typing import Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, entries, get, texts
from constructs_lib.analysis.replacements.value_comparison import same, short
from constructs_lib.pool_fingerprint import STANDARD_ATTRIBUTES

_POOL: Final = "Cognito::UserPool"
_REQUIRED: Final = Refusal(
    message="Required custom attributes are not supported currently",
    way_out="Make the custom attribute optional and ask for it in the app or in a pre-sign-up trigger.",
    source="https://github.com/trek10inc/serverless-cognito-manager/issues/4",
)
_UNVERIFIED: Final = Refusal(
    message="All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
    way_out="Name the attribute in AutoVerifiedAttributes too.",
    source="https://github.com/aws/aws-cli/issues/7151",
)
_SMS: Final = Refusal(
    message="SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
    way_out="Set EnabledMfas to SOFTWARE_TOKEN_MFA (authenticator apps), or give the pool an SmsConfiguration.",
    source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2221",
)
_TIER: Final = Refusal(
    message="The following features need to be disabled for the ESSENTIALS pricing tier configured: Threat Protection",
    way_out="Set UserPoolTier to PLUS, or AdvancedSecurityMode to OFF.",
    source="https://github.com/aws/aws-cdk/pull/33565",
)
_RESERVED: Final = Refusal(
    message="Domain cannot contain reserved word",
    way_out="Choose a prefix without aws, amazon and cognito in it.",
    source="https://github.com/aws-solutions/content-analysis-on-aws/issues/8",
)
_WORDS: Final = ("aws", "amazon", "cognito")
_WITHOUT_SMS: Final = frozenset({"SOFTWARE_TOKEN_MFA", "EMAIL_OTP"})


def _required(view: View) -> Iterator[Found]:
    for pool in view.of(_POOL):
        for entry in entries(pool, "Schema"):
            name = entry.get("Name")
            if isinstance(name, str) and name not in STANDARD_ATTRIBUTES and same(entry.get("Required"), True):
                yield pool, _REQUIRED, f"Schema {name}", f"The custom attribute {name} is required", True


def _verified(view: View) -> Iterator[Found]:
    cause = "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate"
    for pool in view.of(_POOL):
        wanted, verified = texts(get(pool, cause)), texts(get(pool, "AutoVerifiedAttributes"))
        if wanted is not None and verified is not None and (odd := sorted({*wanted} - {*verified})):
            what = f"A new {' and '.join(odd)} waits for a code that the pool never sends"
            yield pool, _UNVERIFIED, cause, what, True


def _second_factors(view: View) -> Iterator[Found]:
    for pool in view.of(_POOL):
        factors = texts(get(pool, "EnabledMfas"))
        if get(pool, "MfaConfiguration") not in ("ON", "OPTIONAL") or factors is None:
            continue
        if "SmsConfiguration" not in pool.properties and ("SMS_MFA" in factors or not _WITHOUT_SMS & {*factors}):
            yield pool, _SMS, "MfaConfiguration", "The second factor is a text message, which nothing can send", True


def _threats(view: View) -> Iterator[Found]:
    cause = "UserPoolAddOns.AdvancedSecurityMode"
    for pool in view.of(_POOL):
        if get(pool, "UserPoolTier") == "ESSENTIALS" and get(pool, cause) in ("AUDIT", "ENFORCED"):
            yield pool, _TIER, cause, "Threat protection is on, and is part of the plan PLUS alone", True


def _domains(view: View) -> Iterator[Found]:
    for domain in view.of("Cognito::UserPoolDomain"):
        prefix = get(domain, "Domain")
        if not isinstance(prefix, str) or "CustomDomainConfig" in domain.properties:
            continue
        for word in _WORDS:
            if word in prefix.lower():
                yield domain, _RESERVED, "Domain", f"The prefix {short(prefix)} has {word} in it", True
                break


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (
    _required, _verified, _second_factors, _threats, _domains,
)  # fmt: skip
