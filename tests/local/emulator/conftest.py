"""One emulator for all these tests, with a user pool; each test makes the identity pools, roles and data it needs."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from constructs_lib.local import LocalCloud
from constructs_lib.local.emulator_environment import emulator_python

LOCAL = Path(__file__).parents[3] / "constructs_lib" / "local"
PASSWORD = "Correct-Horse-7"
SERVICE = "cognito-identity.amazonaws.com"
Statement = Mapping[str, Any]
connect: Any = boto3.client  # boto3-stubs wants a literal name


def in_emulator(code: str, argument: str, folder: Path) -> str:
    """Return what code prints in the emulator's environment."""
    environment = {
        **os.environ, "PYTHONPATH": str(LOCAL), "AUTH": "true", "STATE_DIR": str(folder), "TMPDIR": str(folder),
    }  # fmt: skip
    done = subprocess.run(
        [str(emulator_python()), "-c", code, argument],
        env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def outcome(call: Any, /, *arguments: Any, **options: Any) -> str:
    """Return `allowed`, or the code of the refusal of a call."""
    try:
        call(*arguments, **options)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A caller with temporary credentials."""

    endpoint: str
    identity_id: str
    credentials: Mapping[str, str]

    def client(self, service: str, **options: Any) -> Any:
        """Return a client that signs as this caller."""
        return connect(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.credentials["AccessKeyId"],
            aws_secret_access_key=self.credentials.get("SecretKey") or self.credentials["SecretAccessKey"],
            aws_session_token=self.credentials["SessionToken"],
            **options,
        )


@dataclass(kw_only=True)
class RunningEmulator:
    """The emulator, its administrator's clients, and a user pool with an app client."""

    cloud: LocalCloud
    user_pool: str
    app_client: str
    _names: Iterator[int] = field(default_factory=count)
    _admins: dict[str, Any] = field(default_factory=dict)
    _anonymous: dict[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The user pool's name as an identity provider."""
        return f"cognito-idp.us-east-1.amazonaws.com/{self.user_pool}"

    def admin(self, service: str) -> Any:
        """Return an administrator's client."""
        if service not in self._admins:
            self._admins[service] = self.cloud.session().client(service)
        return self._admins[service]

    def anonymous(self, service: str) -> Any:
        """Return a client that sends unsigned requests."""
        if service not in self._anonymous:
            self._anonymous[service] = connect(
                service,
                endpoint_url=self.cloud.endpoint_url,
                region_name="us-east-1",
                config=Config(signature_version=UNSIGNED),
            )
        return self._anonymous[service]

    def name(self, stem: str) -> str:
        """Return a name that no other test has."""
        return f"{stem}-{next(self._names)}"

    def user(self, *groups: str) -> dict[str, str]:
        """Create a confirmed user, sign in, and return the tokens."""
        name, idp = self.name("user"), self.admin("cognito-idp")
        idp.admin_create_user(UserPoolId=self.user_pool, Username=name, MessageAction="SUPPRESS")
        idp.admin_set_user_password(UserPoolId=self.user_pool, Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            idp.admin_add_user_to_group(UserPoolId=self.user_pool, Username=name, GroupName=group)
        return self.sign_in(name)

    def sign_in(self, name: str) -> dict[str, str]:
        """Sign a user in and return the tokens."""
        answer = self.admin("cognito-idp").initiate_auth(
            ClientId=self.app_client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
        return dict(answer["AuthenticationResult"])

    def identity_pool(self, *, guests: bool = False, classic: bool = False, **options: Any) -> str:
        """Create an identity pool on the user pool and return its ID."""
        created = self.admin("cognito-identity").create_identity_pool(
            IdentityPoolName=self.name("pool"),
            AllowUnauthenticatedIdentities=guests,
            AllowClassicFlow=classic,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": self.app_client}],
            **options,
        )
        return str(created["IdentityPoolId"])

    def role(
        self,
        statements: Sequence[Statement],
        pool: str,
        *,
        amr: str = "authenticated",
        tags: bool = False,
        trust: Mapping[str, Any] | None = None,
        version: str | None = "2012-10-17",
    ) -> str:
        """Create a role that an identity pool may give, and return its ARN."""
        name, iam = self.name("role"), self.admin("iam")
        believed = {
            "Effect": "Allow",
            "Principal": {"Federated": SERVICE},
            "Action": ["sts:AssumeRoleWithWebIdentity", *(["sts:TagSession"] if tags else [])],
            "Condition": {
                "StringEquals": {f"{SERVICE}:aud": pool},
                "ForAnyValue:StringLike": {f"{SERVICE}:amr": amr},
            },
        }
        document = {"Version": "2012-10-17", "Statement": [trust or believed]}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]
        policy = json.dumps({**({"Version": version} if version else {}), "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="access", PolicyDocument=policy)
        return str(role["Arn"])

    def give(self, pool: str, **roles: str) -> None:
        """Set an identity pool's default roles."""
        self.admin("cognito-identity").set_identity_pool_roles(IdentityPoolId=pool, Roles=roles)

    def login(self, tokens: Mapping[str, str]) -> dict[str, str]:
        """Return the logins that a user's ID token makes."""
        return {self.provider: tokens["IdToken"]}

    def caller(self, pool: str, tokens: Mapping[str, str] | None = None, **options: Any) -> Caller:
        """Exchange a user's token, or no token, for credentials."""
        client = self.anonymous("cognito-identity")
        logins = self.login(tokens) if tokens else {}
        identity = client.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
        given = client.get_credentials_for_identity(IdentityId=identity, Logins=logins, **options)
        return self.holder(given["IdentityId"], given["Credentials"])

    def holder(self, identity: str, credentials: Mapping[str, str]) -> Caller:
        """Return the holder of other credentials."""
        return Caller(endpoint=self.cloud.endpoint_url, identity_id=identity, credentials=credentials)

    def member(self, statements: Sequence[Statement], **options: Any) -> Caller:
        """Return a new signed-in user of a new pool whose authenticated role has these statements."""
        pool = self.identity_pool()
        self.give(pool, authenticated=self.role(statements, pool, **options))
        return self.caller(pool, self.user())

    def bucket(self) -> str:
        """Create a bucket."""
        name = self.name("bucket")
        self.admin("s3").create_bucket(Bucket=name)
        return name

    def table(self, **options: Any) -> str:
        """Create a table with the keys `owner` and `id`."""
        name = self.name("table")
        keys = {"owner": "HASH", "id": "RANGE"}
        attributes = options.pop("attributes", [])
        self.admin("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in (*keys, *attributes)],
            BillingMode="PAY_PER_REQUEST",
            **options,
        )
        return name

    @property
    def signing_keys(self) -> Path:
        """The path of the emulator's token-signing keys."""
        return self.cloud.ca_file.parent.parent / "services" / "cognito-pool-keys"


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """Start an emulator."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEVELOPERS_SECRET", "hunter2")
        cloud = LocalCloud(tmp_path_factory.mktemp("emulator"))
    with cloud:
        idp = cloud.session().client("cognito-idp")
        pool = idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
        client = idp.create_user_pool_client(
            UserPoolId=pool,
            ClientName="app",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        yield RunningEmulator(cloud=cloud, user_pool=pool, app_client=client)
