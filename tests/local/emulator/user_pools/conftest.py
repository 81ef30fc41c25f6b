"""User pools in this process: a clock that is set, functions in Python, messages in a list, tokens signed at once."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from constructs_lib.local.emulator.user_pools.emulator_interface import EmulatorInterface, FunctionFailedError, Message
from constructs_lib.local.emulator.user_pools.errors import RefusedError
from constructs_lib.local.emulator.user_pools.operations import perform
from constructs_lib.pool_fingerprint import STANDARD_ATTRIBUTES

PASSWORD: Final = "Correct-Horse-7"
POOL: Final = "us-east-1_People1"
CLIENT: Final = "app"
START: Final = 1_800_000_000.0
_KEY: Final = b"a key of these tests"
ALL_FLOWS: Final = [
    "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
]  # fmt: skip
_KINDS: Final = {"email_verified": "Boolean", "phone_number_verified": "Boolean", "updated_at": "Number"}
Function = Callable[[dict[str, Any]], Any]


def attribute(name: str, **rules: Any) -> dict[str, Any]:
    return {"Name": name, "AttributeDataType": "String", "Mutable": True, "Required": False, **rules}


def schema(*more: dict[str, Any]) -> list[dict[str, Any]]:
    standard = [
        attribute(name, AttributeDataType=_KINDS.get(name, "String"), Mutable=name != "sub", Required=name == "sub")
        for name in sorted(STANDARD_ATTRIBUTES)
    ]
    named = {each["Name"]: each for each in [*standard, *more]}
    return list(named.values())


@dataclass(kw_only=True)
class Bench:
    """One pool with an app client, and everything around it."""

    pool: dict[str, Any]
    now: float = START
    sent: list[Message] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    interface: EmulatorInterface = field(init=False)

    def __post_init__(self) -> None:
        pools = {self.pool["Id"]: self.pool}
        self.interface = EmulatorInterface(
            pool=pools.get, invoke=self._invoke, sign=sign, claims=claims, send=self.sent.append,
            pool_of_client=lambda name: self.pool if name in self.pool["_clients"] else None,
            encrypt=lambda code, key_id, pool_id: f"{key_id}:{pool_id}:{code[::-1]}",
            end_session=self.ended.append, now=lambda: self.now,
        )  # fmt: skip

    def _invoke(self, arn: str, event: dict[str, Any]) -> Any:
        self.events.append(json.loads(json.dumps(event)))
        if arn not in self.functions:
            raise FunctionFailedError("ResourceNotFoundException", raised=False)
        return self.functions[arn](event)

    def on(self, trigger: str, function: Function, **settings: Any) -> None:
        """Have the pool call a function."""
        self.pool["LambdaConfig"][trigger] = {"LambdaArn": trigger, **settings} if settings else trigger
        self.functions[trigger] = function

    def client(self, name: str, **settings: Any) -> str:
        """Add an app client."""
        self.pool["_clients"][name] = {"ClientId": name, "ExplicitAuthFlows": ALL_FLOWS, **settings}
        return name

    def call(self, operation: str, **data: Any) -> Any:
        """Call an operation, and return its answer."""
        return perform(self.interface, operation, data, {})

    def refusal(self, operation: str, **data: Any) -> str:
        """Call an operation that must be refused, and return its error."""
        try:
            self.call(operation, **data)
        except RefusedError as error:
            return f"{error.code}: {error.message}"
        return "allowed"

    def user(self, name: str, /, **more: Any) -> dict[str, Any]:
        """Create a confirmed user and return their record."""
        attributes = {"email": f"{name}@example.com", "email_verified": "true", **more}
        self.call(
            "AdminCreateUser", UserPoolId=POOL, Username=name, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items() if value],
        )  # fmt: skip
        self.call("AdminSetUserPassword", UserPoolId=POOL, Username=name, Password=PASSWORD, Permanent=True)
        found: dict[str, Any] = self.pool["_users"][name]
        return found

    def start(self, name: str, *, client: str = CLIENT, flow: str = "USER_PASSWORD_AUTH", **more: str) -> Any:
        """Begin a sign-in."""
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD, **more}
        return self.call("InitiateAuth", ClientId=client, AuthFlow=flow, AuthParameters=parameters)

    def sign_in(self, name: str, **more: Any) -> dict[str, str]:
        """Sign in and return the tokens."""
        return dict(self.start(name, **more)["AuthenticationResult"])

    def answer(self, asked: dict[str, Any], name: str, **responses: str) -> Any:
        """Answer a challenge."""
        return self.call(
            "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName=asked["ChallengeName"], Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **responses},
        )  # fmt: skip

    def code(self) -> str:
        """Return the code in the last message."""
        return "".join(letter for letter in self.sent[-1].body if letter.isdigit())


def sign(content: dict[str, Any], pool_id: str, use: str) -> str:
    del pool_id, use
    body = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"h.{body}.{hmac.new(_KEY, body.encode(), hashlib.sha256).hexdigest()}"


def claims(token: str) -> dict[str, Any] | None:
    head, _, rest = token.partition(".")
    body, _, mark = rest.partition(".")
    if head != "h" or mark != hmac.new(_KEY, body.encode(), hashlib.sha256).hexdigest():
        return None
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def bench_with(*attributes: dict[str, Any], **pool: Any) -> Bench:
    """Return a pool with the given settings."""
    made = Bench(
        pool={
            "Id": POOL, "Arn": f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{POOL}",
            "SchemaAttributes": schema(*attributes), "LambdaConfig": {}, "_clients": {}, "_users": {}, "_groups": {},
            "_identity_providers": {}, "AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OFF",
            "Policies": {"PasswordPolicy": {
                "MinimumLength": 12, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True,
                "RequireSymbols": True, "TemporaryPasswordValidityDays": 7,
            }},
            **pool,
        }
    )  # fmt: skip
    made.client(CLIENT)
    return made


@pytest.fixture
def bench() -> Bench:
    """Return a pool without users."""
    return bench_with()
