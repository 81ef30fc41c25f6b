"""The secret of an app client is one that every call accepts."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.local.emulator.conftest import PASSWORD, outcome

pytestmark = pytest.mark.slow


def test_a_client_with_a_secret_revokes_its_tokens(emulator: Any) -> None:
    admin, anyone, name = emulator.admin("cognito-idp"), emulator.anonymous("cognito-idp"), emulator.name("user")
    made = admin.create_user_pool_client(
        UserPoolId=emulator.user_pool, ClientName="server", GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]  # fmt: skip
    client, secret = made["ClientId"], made["ClientSecret"]
    assert secret.isalnum()
    admin.admin_create_user(UserPoolId=emulator.user_pool, Username=name, MessageAction="SUPPRESS")
    admin.admin_set_user_password(UserPoolId=emulator.user_pool, Username=name, Password=PASSWORD, Permanent=True)
    code = base64.b64encode(hmac.digest(secret.encode(), (name + client).encode(), hashlib.sha256)).decode()
    given = {"USERNAME": name, "PASSWORD": PASSWORD, "SECRET_HASH": code}
    tokens = anyone.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)
    token = tokens["AuthenticationResult"]["RefreshToken"]
    assert outcome(anyone.revoke_token, Token=token, ClientId=client, ClientSecret="x" * 52) == "UnauthorizedException"
    assert outcome(anyone.revoke_token, Token=token, ClientId=client, ClientSecret=secret) == "allowed"
