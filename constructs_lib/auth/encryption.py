"""Permissions of Cognito on a customer managed key for a user pool's data.

Source: "Data protection in Amazon Cognito", "Set customer managed key policy", and the same "with permissions for
encryption of exported logs". A pool depends on its key, so the key's policy cannot name the pool: it names the pools of
this account and region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_lib.key_policies import grant_key_use, usable_by

if TYPE_CHECKING:
    from constructs import Construct


_SERVICES: Final = ("cognito-idp", "identitystore")
_DATA: Final = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKeyWithoutPlaintext")
_SYMMETRIC: Final = (None, "SYMMETRIC_DEFAULT")


def grant_cognito_key_use(scope: Construct, key: kms.IKey, *, logged: bool) -> None:
    """Allow Cognito to use a key for the pools of this account and region, and for their logs if there are any.

    Raises:
        ValueError: For an alias, or a key that is not symmetric: Cognito accepts neither.
    """
    if hasattr(key, "alias_name"):
        raise ValueError(
            f"encryption_key={key.node.path!r} is an alias, and Cognito takes a key's own ARN; pass the key itself"
        )
    made = key.node.default_child
    if isinstance(made, kms.CfnKey) and made.key_spec not in _SYMMETRIC:
        raise ValueError(
            f"encryption_key={key.node.path!r} is a key of {made.key_spec}, and Cognito encrypts with symmetric keys "
            "only; remove its key_spec"
        )
    grant_key_use(scope, "Protection(encryption_key=...)", key, _statements(Stack.of(scope), logged=logged))


def _statements(stack: Stack, *, logged: bool) -> list[iam.PolicyStatement]:
    pools = stack.format_arn(service="cognito-idp", resource="userpool", resource_name="*")
    account = {"aws:SourceAccount": stack.account}
    of_pools = {"kms:EncryptionContext:aws:cognito-idp:userpool-arn": pools}
    from_here: dict[str, Any] = {"ArnLike": {"aws:SourceArn": pools}, "StringEquals": account}
    # The account's own administrators: AWS's example leaves `kms:CallerAccount` out and means the same.
    by_cognito = {"kms:ViaService": f"cognito-idp.{stack.region}.amazonaws.com", "kms:CallerAccount": stack.account}
    anybody = [iam.AnyPrincipal()]
    statements = [
        usable_by(_SERVICES, _DATA, {**from_here, "StringLike": of_pools}),
        usable_by(_SERVICES, ["kms:DescribeKey"], from_here),
        iam.PolicyStatement(
            principals=anybody,
            actions=["kms:DescribeKey"],
            resources=["*"],
            conditions={"StringEquals": by_cognito},
        ),
        iam.PolicyStatement(
            principals=anybody,
            actions=list(_DATA),
            resources=["*"],
            conditions={"StringEquals": by_cognito, "StringLike": of_pools},
        ),
    ]
    if logged:
        logs = {"StringLike": {"kms:EncryptionContext:SourceArn": stack.format_arn(service="logs", resource="*")}}
        statements += [
            usable_by(["cognito-idp"], ["kms:GenerateDataKey", "kms:Encrypt"], logs),
            usable_by(["delivery.logs"], ["kms:GenerateDataKey", "kms:Decrypt"], logs),
        ]
    return statements
