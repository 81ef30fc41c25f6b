"""Tokens of real sign-ins on the local cloud, by the key documents that it serves."""

from typing import Any

import pytest

from constructs_lib.local import LocalCloud
from constructs_lib.verified import Refused, UserPool

pytestmark = pytest.mark.slow

PASSWORD = "Correct-Horse-Battery-7!"


def signed_in(cognito: Any, name: str) -> tuple[str, str, dict[str, str]]:
    """Make a pool with one user in a group; return its ID, its client's, and the tokens of a sign-in."""
    pool_id = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    cognito.create_group(UserPoolId=pool_id, GroupName="editors")
    cognito.admin_create_user(UserPoolId=pool_id, Username="ann", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username="ann", Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username="ann", GroupName="editors")
    answer = cognito.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    return pool_id, client, answer["AuthenticationResult"]


def test_a_real_sign_in_is_verified_by_its_own_pool_alone(cloud: LocalCloud) -> None:
    cognito = cloud.session().client("cognito-idp")
    (pool_id, client, tokens), (other_id, other_client, others) = (signed_in(cognito, name) for name in ("a", "b"))
    keys_url = f"{cloud.endpoint_url}/{pool_id}/.well-known/jwks.json"
    access = UserPool(pool_id, client_ids=[client], keys_url=keys_url)
    identity = UserPool(pool_id, client_ids=[client], use="id", keys_url=keys_url)
    caller = access.verify(tokens["AccessToken"])
    assert (set(caller.groups), caller.claims["username"]) == ({"editors"}, "ann")
    assert identity.verify(tokens["IdToken"]).sub == caller.sub

    both = UserPool(pool_id, client_ids=[client, other_client], keys_url=keys_url)
    for pool, token in [
        (access, tokens["IdToken"]),
        (identity, tokens["AccessToken"]),
        (access, tokens["RefreshToken"]),
        (both, others["AccessToken"]),
        (UserPool(other_id, client_ids=[client], keys_url=keys_url), tokens["AccessToken"]),
        (UserPool(pool_id, client_ids=[other_client], keys_url=keys_url), tokens["AccessToken"]),
    ]:
        with pytest.raises(Refused):
            pool.verify(token)
