r"""Secrets of app clients: letters and digits, as AWS makes them.

Stock MiniStack's contain `/` and `=`, which `RevokeToken` refuses (measured on 1.5.33): its `ClientSecret` has the
pattern `[\w+]+` (`ClientSecretType`, Amazon Cognito user pools API reference).
"""

import secrets
import string
from typing import Final

from ministack.services import cognito

from .ministack_interface import expect_parameters

_LENGTH: Final = 52
_CHARACTERS: Final = string.ascii_lowercase + string.digits


def check() -> None:
    """Refuse a MiniStack that makes secrets elsewhere."""
    expect_parameters(cognito._client_secret)


def install() -> None:
    """Override the function that makes a secret."""
    cognito._client_secret = _secret


def _secret() -> str:
    return "".join(secrets.choice(_CHARACTERS) for _ in range(_LENGTH))
