"""User pools of the real emulator, over HTTP, including functions and pages."""

import base64
import io
import json
import re
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from constructs_lib.local.emulator_environment import emulator_python

pytestmark = pytest.mark.slow

PASSWORD, NEW = "Correct-Horse-7", "Correct-Horse-8"
PAGE = "http://localhost:5173/"
NO_SESSION = "NotAuthorizedException: Invalid session for the user."
ANSWERS = {
    "NEW_PASSWORD": NEW, "PASSWORD": PASSWORD, "ANSWER": "PASSWORD", "SRP_A": "ab", "DEVICE_KEY": "us-east-1_ab",
    "SOFTWARE_TOKEN_MFA_CODE": "123456", "SMS_MFA_CODE": "123456", "EMAIL_OTP_CODE": "123456", "SMS_OTP_CODE": "123456",
}  # fmt: skip
RECORD = """
import json, os, time, boto3
s3 = boto3.client("s3")
def handler(event, context):
    s3.put_object(Bucket=os.environ["BUCKET"], Key=f"{time.time():.6f}", Body=json.dumps(event))
    source = event["triggerSource"]
    if source.startswith("DefineAuth"):
        done = bool(event["request"]["session"])
        event["response"] = {"issueTokens": done, "failAuthentication": False} | (
            {} if done else {"challengeName": "CUSTOM_CHALLENGE"})
    elif source.startswith("CreateAuth"):
        event["response"] = {"publicChallengeParameters": {}, "privateChallengeParameters": {"answer": "sesame"}}
    elif source.startswith("VerifyAuth"):
        event["response"] = {"answerCorrect": event["request"]["challengeAnswer"] == "sesame"}
    elif source == "UserMigration_Authentication" and event["userName"] == "old@example.com":
        event["response"] = {"userAttributes": {"email": "old@example.com"}, "finalUserStatus": "CONFIRMED"}
    elif source == "InboundFederation_ExternalProvider":
        event["response"] = {"userAttributesToMap": event["request"]["attributes"]["idToken"]}
    return event
"""
DECRYPT = """
import base64, sys, aws_encryption_sdk, botocore.session
endpoint, key, code = sys.argv[1:]
session = botocore.session.Session()
session.set_config_variable("region", "us-east-1")
import os
os.environ["AWS_ENDPOINT_URL"] = endpoint
provider = aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[key], botocore_session=session)
client = aws_encryption_sdk.EncryptionSDKClient(
    commitment_policy=aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
print(client.decrypt(source=base64.b64decode(code), key_provider=provider)[0].decode())
"""


@dataclass
class PoolUsers:
    """A pool whose users sign in by address, and a client."""

    emulator: Any
    pool: str
    client: str

    @property
    def idp(self) -> Any:
        return self.emulator.admin("cognito-idp")

    def join(self, name: str) -> None:
        self.idp.sign_up(ClientId=self.client, Username=name, Password=PASSWORD)
        code = self.emulator.cloud.mailbox.last_code(name)
        self.idp.confirm_sign_up(ClientId=self.client, Username=name, ConfirmationCode=code)

    def start(self, name: str, password: str = PASSWORD, flow: str = "USER_PASSWORD_AUTH") -> Any:
        return self.idp.initiate_auth(
            ClientId=self.client, AuthFlow=flow, AuthParameters={"USERNAME": name, "PASSWORD": password}
        )

    def respond(self, challenge: str, session: str, name: str, **answers: str) -> Any:
        return self.idp.respond_to_auth_challenge(
            ClientId=self.client, ChallengeName=challenge, Session=session,
            ChallengeResponses={"USERNAME": name, **answers},
        )  # fmt: skip


def pool_users(emulator: Any, **pool: Any) -> PoolUsers:
    idp = emulator.admin("cognito-idp")
    made = idp.create_user_pool(
        PoolName=emulator.name("users"), UsernameAttributes=["email"], AutoVerifiedAttributes=["email"], **pool
    )["UserPool"]["Id"]
    client = idp.create_user_pool_client(
        UserPoolId=made, ClientName="page", CallbackURLs=[PAGE], LogoutURLs=[PAGE], AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=["openid", "email"],
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )["UserPoolClient"]["ClientId"]  # fmt: skip
    return PoolUsers(emulator, made, client)


def said(call: Any, *arguments: Any, **named: Any) -> str:
    try:
        call(*arguments, **named)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return "allowed"


def test_invented_and_foreign_sessions_open_nothing(emulator: Any) -> None:
    users = pool_users(emulator)
    users.join("alice@example.com")
    for challenge in (
        "NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP", "SMS_OTP",
        "CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "SELECT_MFA_TYPE", "PASSWORD", "PASSWORD_SRP", "DEVICE_SRP_AUTH",
    ):  # fmt: skip
        assert said(users.respond, challenge, "x" * 40, "alice@example.com", **ANSWERS) == NO_SESSION, challenge
    assert said(
        users.respond, "WEB_AUTHN", "x" * 40, "alice@example.com", CREDENTIAL="{}"
    ).startswith("InvalidParameterException")  # fmt: skip
    users.idp.admin_create_user(
        UserPoolId=users.pool, Username="mallory@example.com", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    session = users.start("mallory@example.com")["Session"]
    stolen = said(users.respond, "NEW_PASSWORD_REQUIRED", session, "alice@example.com", NEW_PASSWORD=NEW)
    assert stolen == NO_SESSION
    assert "AuthenticationResult" in users.start("alice@example.com")
    assert said(users.start, "alice@example.com", NEW) == "NotAuthorizedException: Incorrect username or password."


def test_attributes_are_the_schemas_and_addresses_their_owners(emulator: Any) -> None:
    users = pool_users(emulator)
    for name in ("alice@example.com", "bob@example.com"):
        users.join(name)
    token = users.start("alice@example.com")["AuthenticationResult"]["AccessToken"]

    def write(name: str, value: str) -> str:
        listed = [{"Name": name, "Value": value}]
        return said(users.idp.update_user_attributes, AccessToken=token, UserAttributes=listed)

    refusals = {write(name, "x").partition(":")[0] for name in ("cognito:groups", "exp", "iss", "custom:role", "sub")}
    assert refusals == {"NotAuthorizedException", "InvalidParameterException"}
    assert write("email", "bob@example.com").startswith("AliasExistsException")
    assert write("email", "new@example.com") == "allowed"
    assert said(users.start, "new@example.com").startswith("UserNotFoundException")
    code = emulator.cloud.mailbox.last_code("new@example.com")
    users.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert said(users.start, "new@example.com") == "allowed"


def test_refresh_tokens_rotate(emulator: Any) -> None:
    users = pool_users(emulator)
    users.join("alice@example.com")
    first = users.start("alice@example.com")["AuthenticationResult"]["RefreshToken"]
    renewed = users.idp.get_tokens_from_refresh_token(ClientId=users.client, RefreshToken=first)
    second = renewed["AuthenticationResult"]["RefreshToken"]

    def renew(token: str) -> str:
        return said(users.idp.get_tokens_from_refresh_token, ClientId=users.client, RefreshToken=token)

    assert renew(first).startswith("RefreshTokenReuseException")
    assert renew(second) == "allowed"


@pytest.fixture(scope="module")
def recorder(emulator: Any) -> tuple[str, str]:
    """Return a function that records its events, and the bucket it writes to."""
    name, bucket, iam = emulator.name("recorder"), emulator.bucket(), emulator.admin("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    iam.put_role_policy(
        RoleName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", RECORD)
    arn = emulator.admin("lambda").create_function(
        FunctionName=name, Role=role, Code={"ZipFile": stream.getvalue()}, Handler="index.handler",
        Runtime="python3.11", Timeout=20, Environment={"Variables": {"BUCKET": bucket}},
    )["FunctionArn"]  # fmt: skip
    return str(arn), bucket


def events(emulator: Any, bucket: str) -> list[dict[str, Any]]:
    s3 = emulator.admin("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    found = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in sorted(keys)]
    for key in keys:
        s3.delete_object(Bucket=bucket, Key=key)
    return found


class Provider(BaseHTTPRequestHandler):
    """An OIDC provider on this machine that sends more claims than the pool maps."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {"sub": "fred", "email": "fred@example.com", "custom:role": "admin", "cognito:groups": "editors",
                  "exp": 9999999999}  # fmt: skip
        parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims))
        body = json.dumps({"id_token": ".".join((*parts, "x")), "access_token": "a"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        del format, args


@contextmanager
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_all_thirteen_functions_are_really_called(emulator: Any, recorder: tuple[str, str]) -> None:
    arn, bucket = recorder
    key = emulator.admin("kms").create_key()["KeyMetadata"]["Arn"]
    names = (
        "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration",
        "UserMigration", "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "CustomMessage",
    )  # fmt: skip
    sender = {"LambdaVersion": "V1_0", "LambdaArn": arn}
    role = {"Name": "role", "AttributeDataType": "String", "Mutable": True}
    users = pool_users(emulator, Schema=[role], LambdaConfig={
        **dict.fromkeys(names, arn), "CustomEmailSender": sender, "CustomSMSSender": sender, "KMSKeyID": key,
        "InboundFederation": sender})  # fmt: skip
    data = {"ClientId": users.client, "Username": "zoe@example.com", "Password": PASSWORD}
    refused = said(users.idp.sign_up, **data)
    assert refused == "UnexpectedLambdaException: PreSignUp invocation failed due to error AccessDeniedException."
    emulator.admin("lambda").add_permission(
        FunctionName=arn, StatementId="pool", Action="lambda:InvokeFunction", Principal="cognito-idp.amazonaws.com",
        SourceArn=users.idp.describe_user_pool(UserPoolId=users.pool)["UserPool"]["Arn"],
    )  # fmt: skip
    users.idp.sign_up(**data)
    [mailed] = [each for each in events(emulator, bucket) if each["triggerSource"] == "CustomEmailSender_SignUp"]
    code = subprocess.run(
        [str(emulator_python()), "-c", DECRYPT, emulator.cloud.endpoint_url, key, mailed["request"]["code"]],
        env=emulator.cloud.environment(), capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    users.idp.confirm_sign_up(ClientId=users.client, Username="zoe@example.com", ConfirmationCode=code)
    assert "AuthenticationResult" in users.start("zoe@example.com")
    assert "AuthenticationResult" in users.start("old@example.com")
    asked = users.start("zoe@example.com", flow="CUSTOM_AUTH")
    answer = users.respond("CUSTOM_CHALLENGE", asked["Session"], "zoe@example.com", ANSWER="sesame")
    assert "AuthenticationResult" in answer
    listed = [{"Name": "phone_number", "Value": "+15555550100"}]
    token = answer["AuthenticationResult"]["AccessToken"]
    users.idp.update_user_attributes(AccessToken=token, UserAttributes=listed)
    users.idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="phone_number")
    federate(emulator, users)
    called = {each["triggerSource"].partition("_")[0] for each in events(emulator, bucket)}
    assert called | {"CustomEmailSender"} == {
        "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "TokenGeneration", "UserMigration",
        "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "CustomMessage",
        "CustomEmailSender", "CustomSMSSender", "InboundFederation",
    }  # fmt: skip


def federate(emulator: Any, users: PoolUsers) -> None:
    """Sign in by a provider: unmapped claims are not written."""
    domain = emulator.name("federated")
    users.idp.create_user_pool_domain(Domain=domain, UserPoolId=users.pool)
    endpoint = emulator.cloud.endpoint_url
    with provider() as issuer:
        users.idp.create_identity_provider(
            UserPoolId=users.pool, ProviderName="Company", ProviderType="OIDC", AttributeMapping={"email": "email"},
            ProviderDetails={
                "client_id": "c", "client_secret": "s", "authorize_scopes": "openid", "oidc_issuer": issuer,
                "attributes_request_method": "GET", "authorize_url": f"{issuer}/authorize",
                "token_url": f"{issuer}/token", "attributes_url": f"{issuer}/me", "jwks_uri": f"{issuer}/keys",
            },
        )  # fmt: skip
        ask = {"client_id": users.client, "redirect_uri": PAGE, "response_type": "code", "scope": "openid email",
               "identity_provider": "Company"}  # fmt: skip
        away = requests.get(f"{endpoint}/oauth2/authorize", params=ask, allow_redirects=False, timeout=20)
        state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
        back = requests.get(
            f"{endpoint}/oauth2/idpresponse", params={"code": "c", "state": state}, allow_redirects=False, timeout=20
        )
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "client_id": users.client, "redirect_uri": PAGE, "code": code}
    tokens = requests.post(f"{endpoint}/oauth2/token", data=form, timeout=20).json()
    assert "id_token" in tokens, tokens
    found = users.idp.admin_get_user(UserPoolId=users.pool, Username="Company_fred")["UserAttributes"]
    held = {each["Name"]: each["Value"] for each in found}
    assert held["email"] == "fred@example.com"
    assert {"custom:role", "cognito:groups", "exp"} & set(held) == set()


def test_a_saml_response_signs_nobody_in(emulator: Any) -> None:
    form = {"SAMLResponse": base64.b64encode(b"<Response/>").decode(), "RelayState": "x"}
    answer = requests.post(f"{emulator.cloud.endpoint_url}/saml2/idpresponse", data=form, timeout=20)
    assert (answer.status_code, answer.json()["__type"]) == (501, "NotEmulatedException")


def test_a_browser_signs_in_on_the_page_and_is_asked_for_the_second_factor(emulator: Any) -> None:
    users = pool_users(emulator)
    users.join("alice@example.com")
    users.idp.set_user_pool_mfa_config(
        UserPoolId=users.pool, MfaConfiguration="ON", EmailMfaConfiguration={"Message": "Use {####}", "Subject": "Hi"}
    )
    endpoint, browser = emulator.cloud.endpoint_url, requests.Session()
    query = {"client_id": users.client, "redirect_uri": PAGE, "response_type": "code", "scope": "openid email"}
    assert browser.get(f"{endpoint}/login", params=query, timeout=20).status_code == 404
    users.idp.create_user_pool_domain(Domain=emulator.name("people"), UserPoolId=users.pool)
    page = browser.get(f"{endpoint}/oauth2/authorize", params=query, timeout=20)

    def submit(page: requests.Response, **form: str) -> requests.Response:
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        address = endpoint + action.group(1).replace("&amp;", "&")
        return browser.post(address, data={**kept, **form}, allow_redirects=False, timeout=20)

    page = submit(page, username="alice@example.com")
    page = submit(page, answer="PASSWORD")
    page = submit(page, answer=PASSWORD)
    assert page.status_code == 200, page.headers
    page = submit(page, answer=emulator.cloud.mailbox.last_code("alice@example.com"))
    code = dict(parse_qsl(urlsplit(page.headers["Location"]).query))["code"]
    form = {"grant_type": "authorization_code", "client_id": users.client, "redirect_uri": PAGE, "code": code}
    tokens = requests.post(f"{endpoint}/oauth2/token", data=form, timeout=20).json()
    found = requests.get(f"{endpoint}/{users.pool}/.well-known/openid-configuration", timeout=20).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(found["userinfo_endpoint"], headers=bearer, timeout=20).json()["email"] == "alice@example.com"
    ended = requests.post(
        found["revocation_endpoint"], data={"token": tokens["refresh_token"], "client_id": users.client}, timeout=20
    )
    assert ended.status_code == 200
    assert requests.get(found["userinfo_endpoint"], headers=bearer, timeout=20).status_code == 401


def test_cloudformation_keeps_second_factors_and_rotation(emulator: Any) -> None:
    template = {"Resources": {
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {
            "MfaConfiguration": "ON", "EnabledMfas": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]}},
        "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "RefreshTokenRotation": {"Feature": "ENABLED"},
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}},
    }}  # fmt: skip
    stacks, name = emulator.admin("cloudformation"), emulator.name("stack")
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))
    for _ in range(100):
        if stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE":
            break
        time.sleep(0.1)
    made = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in stacks.describe_stack_resources(StackName=name)["StackResources"]
    }
    idp = emulator.admin("cognito-idp")
    client = idp.describe_user_pool_client(UserPoolId=made["Pool"], ClientId=made["Client"])["UserPoolClient"]
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED"}
    users = PoolUsers(emulator, made["Pool"], made["Client"])
    idp.admin_create_user(UserPoolId=users.pool, Username="alice", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=users.pool, Username="alice", Password=PASSWORD, Permanent=True)
    assert users.start("alice")["ChallengeName"] == "MFA_SETUP"
