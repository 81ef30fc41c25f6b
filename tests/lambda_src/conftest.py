"""Events of API Gateway, reduced to the fields that differ between callers.

Field names and formats: "Working with AWS Lambda proxy integrations for HTTP APIs", "Input format of a Lambda
function for proxy integration" and "Control access to HTTP APIs with JWT authorizers" in the API Gateway guide. The
`accountId` of a request's context is that of the API's owner ("Variables for data transformations").
"""

from typing import Any

import pytest

OWNER = "111122223333"
POOL = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool"
ALICE_SUB = "11111111-aaaa-4bbb-8ccc-222222222222"
ALICE_ID = "eu-west-1:33333333-aaaa-4bbb-8ccc-444444444444"
GUEST_ID = "eu-west-1:55555555-aaaa-4bbb-8ccc-666666666666"
SIGNED_IN = ["authenticated", POOL, f"{POOL}:CognitoSignIn:{ALICE_SUB}"]


def _role_arn(role: str) -> str:
    return f"arn:aws:sts::111122223333:assumed-role/{role}/CognitoIdentityCredentials"


class Events:
    """Builds the `requestContext` of one kind of API and caller."""

    @staticmethod
    def http_iam(*, role: str, identity_id: str = ALICE_ID, amr: list[str] | None = None) -> dict[str, Any]:
        iam = {
            "accessKey": "ASIAEXAMPLE",
            "accountId": "111122223333",
            "callerId": "AROAEXAMPLE:CognitoIdentityCredentials",
            "cognitoIdentity": {
                "amr": SIGNED_IN if amr is None else amr,
                "identityId": identity_id,
                "identityPoolId": "eu-west-1:77777777-aaaa-4bbb-8ccc-888888888888",
            },
            "principalOrgId": "o-example",
            "userArn": _role_arn(role),
            "userId": "AROAEXAMPLE:CognitoIdentityCredentials",
        }
        return {"version": "2.0", "requestContext": {"accountId": OWNER, "authorizer": {"iam": iam}}}

    @staticmethod
    def http_function() -> dict[str, Any]:
        iam = {
            "accessKey": "ASIAEXAMPLE",
            "cognitoIdentity": None,
            "userArn": "arn:aws:sts::111122223333:assumed-role/Worker/worker-function",
        }
        return {"version": "2.0", "requestContext": {"accountId": OWNER, "authorizer": {"iam": iam}}}

    @staticmethod
    def http_jwt(claims: dict[str, str], scopes: list[str] | None = None) -> dict[str, Any]:
        return {"version": "2.0", "requestContext": {"authorizer": {"jwt": {"claims": claims, "scopes": scopes}}}}

    @staticmethod
    def http_open() -> dict[str, Any]:
        return {"version": "2.0", "requestContext": {"http": {"method": "GET", "sourceIp": "192.0.2.1"}}}

    @staticmethod
    def rest_iam(*, role: str, identity_id: str = ALICE_ID, signed_in: bool = True) -> dict[str, Any]:
        provider = f"{POOL},{POOL}:CognitoSignIn:{ALICE_SUB}" if signed_in else None
        identity = {
            "accountId": "111122223333",
            "caller": "AROAEXAMPLE:CognitoIdentityCredentials",
            "cognitoAuthenticationProvider": provider,
            "cognitoAuthenticationType": "authenticated" if signed_in else "unauthenticated",
            "cognitoIdentityId": identity_id,
            "cognitoIdentityPoolId": "eu-west-1:77777777-aaaa-4bbb-8ccc-888888888888",
            "sourceIp": "192.0.2.1",
            "userArn": _role_arn(role),
        }
        return {"requestContext": {"accountId": OWNER, "identity": identity}}

    @staticmethod
    def rest_claims(claims: dict[str, str]) -> dict[str, Any]:
        return {"requestContext": {"authorizer": {"claims": claims}, "identity": {"sourceIp": "192.0.2.1"}}}

    @staticmethod
    def rest_open() -> dict[str, Any]:
        identity = {"cognitoIdentityId": None, "cognitoAuthenticationType": None, "userArn": None}
        return {"requestContext": {"identity": identity}}


@pytest.fixture
def events() -> type[Events]:
    return Events
