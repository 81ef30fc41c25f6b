"""Senders of SMS: Amazon SNS, or AWS End User Messaging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Names, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.argument_checks import checked
from constructs_lib.auth.value_checks import is_known
from constructs_lib.regions import check_region

if TYPE_CHECKING:
    from constructs import Construct


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class EndUserMessaging:
    """AWS End User Messaging as the sender of a pool's SMS, in place of Amazon SNS.

    Args:
        origination_identity: The sender: a phone number, a sender ID or a pool of them, by its ID or ARN. Default: the
            service chooses one of your account.
        configuration_set: The name of your configuration set, which logs deliveries. Default: no configuration set.
        region: The region SMS are sent from. Default: the user pool's.
        entity_id: Your entity ID in India's telecom registry. Default: no entity ID.
        template_id: The template of that registry. Default: no template ID.

    Raises:
        ValueError: For a region that does not exist, or a template without an entity.
    """

    origination_identity: str | None = None
    configuration_set: str | None = None
    region: str | None = None
    entity_id: str | None = None
    template_id: str | None = None

    def __post_init__(self) -> None:
        """Check the fields together."""
        check_region("region", self.region)
        if (self.entity_id is None) is not (self.template_id is None):
            raise ValueError(
                f"entity_id={self.entity_id!r} and template_id={self.template_id!r} are not both set, and India's "
                "registry requires both; set both or neither"
            )

    def to_cognito(self, role: iam.IRole, external_id: str) -> cognito.CfnUserPool.SmsConfigurationProperty:
        """Return it as the user pool's property."""
        return cognito.CfnUserPool.SmsConfigurationProperty(
            eums_sms=cognito.CfnUserPool.EumsSmsConfigurationProperty(
                caller_arn=role.role_arn,
                external_id=external_id,
                origination_identity=self.origination_identity,
                configuration_set_name=self.configuration_set,
                region=self.region,
                in_entity_id=self.entity_id,
                in_template_id=self.template_id,
            )
        )


def create_sms_role(
    scope: Construct, sender: EndUserMessaging | None, *, external_id: str, removal_policy: RemovalPolicy
) -> iam.Role:
    """Create the role with which Cognito sends SMS; it has the pool's removal policy.

    A pool that outlives its SMS role can be neither updated nor deleted.
    """
    role = iam.Role(
        scope,
        "SmsRole",
        assumed_by=iam.ServicePrincipal(
            "cognito-idp.amazonaws.com",
            conditions={
                "StringEquals": {"sts:ExternalId": external_id, "aws:SourceAccount": Stack.of(scope).account},
            },
        ),
        inline_policies={
            "SendSms": iam.PolicyDocument(statements=_by_sns(scope) if sender is None else [_by_messaging(sender)])
        },
    )
    role.apply_removal_policy(removal_policy)
    return role


def sms_external_id(scope: Construct) -> str:
    """Return the external ID that Cognito passes when it assumes the SMS role."""
    return Names.unique_id(scope)


def _by_sns(scope: Construct) -> list[iam.PolicyStatement]:
    # Publishing to a phone number has no resource to name (service authorization reference of SNS); topics do.
    return [
        iam.PolicyStatement(actions=["sns:Publish"], resources=["*"]),
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=["sns:Publish"],
            resources=[f"arn:{Stack.of(scope).partition}:sns:*:*:*"],
        ),
    ]


def _by_messaging(sender: EndUserMessaging) -> iam.PolicyStatement:
    """Return the permission to send, limited to one identity if its ARN is given and there is no configuration set."""
    identity = sender.origination_identity
    named = identity is not None and is_known(identity) and identity.startswith("arn:")
    only = identity if named and sender.configuration_set is None else None
    return iam.PolicyStatement(actions=["sms-voice:SendTextMessage"], resources=[only or "*"])
