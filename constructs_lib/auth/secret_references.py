"""Secrets of providers: references that CloudFormation resolves, never text in a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import SecretValue
    from constructs import Construct

_REFERENCE: Final = re.compile(r"\{\{resolve:(?:secretsmanager|ssm):[^{}]+\}\}")
"""A dynamic reference, whole. `ssm-secure` is not resolved in Cognito's resources ("Resources that support dynamic
parameter patterns for secure strings", CloudFormation user guide)."""
_REMEDY: Final = 'store it in Secrets Manager and pass SecretValue.secrets_manager("name", json_field="field")'


def check_secret(option: str, secret: SecretValue) -> None:
    """Refuse a plain-text secret at the option's line.

    Raises:
        ValueError: For a `SecretValue` made of text.
    """
    if not is_token(secret.unsafe_unwrap()):
        raise ValueError(f"{option} is plain text, which the template would contain; {_REMEDY}")


def secret_reference(scope: Construct, secret: SecretValue, *, where: str) -> str:
    """Return a secret as a dynamic reference that CloudFormation resolves.

    Raises:
        ValueError: For a secret that would be written into the template, or that CloudFormation would not resolve.
    """
    text = secret.unsafe_unwrap()
    if not _REFERENCE.fullmatch(_written(Stack.of(scope).resolve(text))):
        raise ValueError(
            f"the secret of {where} is not a reference that CloudFormation resolves here, or the template would "
            f"contain it; {_REMEDY}"
        )
    return text


def _written(resolved: Any) -> str:
    """Return a text as in the template, with an underscore for each unresolved token."""
    if isinstance(resolved, dict) and [*resolved] == ["Fn::Join"]:
        separator, parts = resolved["Fn::Join"]
        return str(separator).join(part if isinstance(part, str) else "_" for part in parts)
    return resolved if isinstance(resolved, str) else ""
