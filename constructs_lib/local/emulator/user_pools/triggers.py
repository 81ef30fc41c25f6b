"""Lambda triggers of a pool: AWS's events, the functions' responses, and their failures.

Source: "Customizing user pool workflows with Lambda triggers" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from .emulator_interface import EmulatorInterface, FunctionFailedError, Pool, User
from .errors import RefusedError
from .users import attributes

NO_CLIENT: Final = "CLIENT_ID_NOT_APPLICABLE"
Trigger: TypeAlias = Literal[
    "PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration", "UserMigration",
    "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "CustomMessage", "CustomEmailSender",
    "CustomSMSSender",
]  # fmt: skip
"""The emulated triggers, by their names in `LambdaConfig`; MiniStack itself calls `InboundFederation`."""
_SDK: Final = "aws-sdk-unknown-unknown"


def has(pool: Pool, trigger: Trigger) -> bool:
    """Return whether a pool has a function for this trigger."""
    return _arn(pool, trigger) is not None


def call(
    emulator: EmulatorInterface,
    pool: Pool,
    trigger: Trigger,
    source: str,
    *,
    username: str,
    client_id: str = NO_CLIENT,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    version: str = "1",
) -> dict[str, Any]:
    """Call a pool's function and return its `response`, or the given one if the pool has no function.

    `trigger` is its name in `LambdaConfig`, `source` the event's `triggerSource`.

    Raises:
        RefusedError: If the function raises, cannot be called, or does not return the event.
    """
    arn = _arn(pool, trigger)
    if arn is None:
        return dict(response)
    event = {
        "version": version,
        "region": pool["Id"].rpartition("_")[0],
        "userPoolId": pool["Id"],
        "userName": username,
        "callerContext": {"awsSdkVersion": _SDK, "clientId": client_id},
        "triggerSource": source,
        "request": dict(request),
        "response": dict(response),
    }
    try:
        answer = emulator.invoke(arn, event)
    except FunctionFailedError as error:
        if error.raised:
            raise RefusedError(
                "UserLambdaValidationException", f"{trigger} failed with error {error.message}."
            ) from error
        raise RefusedError(
            "UnexpectedLambdaException", f"{trigger} invocation failed due to error {error.message}."
        ) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise RefusedError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    found: dict[str, Any] = answer["response"]
    return found


def _arn(pool: Pool, trigger: Trigger) -> str | None:
    settings = pool.get("LambdaConfig") or {}
    if trigger == "PreTokenGeneration":
        later = settings.get("PreTokenGenerationConfig") or {}
        return later.get("LambdaArn") or settings.get(trigger) or None
    found = settings.get(trigger)
    if isinstance(found, dict):
        found = found.get("LambdaArn")
    return found or None


def event_attributes(user: User) -> dict[str, str]:
    """Return a user's attributes for events, with the account's status."""
    return {**attributes(user), "cognito:user_status": user["UserStatus"]}


def pre_sign_up(
    emulator: EmulatorInterface, pool: Pool, source: str, *, username: str, client_id: str, table: Mapping[str, str],
    validation: Mapping[str, str], metadata: Mapping[str, str],
) -> dict[str, bool]:  # fmt: skip
    """Call the pre sign-up function; return whether it confirms the user or verifies the address or number."""
    answer = call(
        emulator, pool, "PreSignUp", f"PreSignUp_{source}", username=username, client_id=client_id,
        request={"userAttributes": dict(table), "validationData": dict(validation) or None}
        | ({"clientMetadata": dict(metadata)} if metadata else {}),
        response={"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
    )  # fmt: skip
    names = ("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone")
    return {name: answer.get(name) is True for name in names}


def post_confirmation(
    emulator: EmulatorInterface, pool: Pool, user: User, source: str, client_id: str, metadata: Mapping[str, str]
) -> None:
    """Call the post confirmation function, for a confirmed account or password."""
    request: dict[str, Any] = {"userAttributes": event_attributes(user)}
    if metadata:
        request["clientMetadata"] = dict(metadata)
    call(
        emulator, pool, "PostConfirmation", f"PostConfirmation_{source}", username=user["Username"],
        client_id=client_id, request=request, response={},
    )  # fmt: skip


def pre_authentication(
    emulator: EmulatorInterface,
    pool: Pool,
    user: User | None,
    username: str,
    client_id: str,
    validation: Mapping[str, str],
) -> None:
    """Call the pre authentication function, which may refuse the sign-in."""
    call(
        emulator, pool, "PreAuthentication", "PreAuthentication_Authentication",
        username=user["Username"] if user else username, client_id=client_id,
        request={
            "userAttributes": event_attributes(user) if user else {},
            "validationData": dict(validation) or None,
            "userNotFound": user is None,
        },
        response={},
    )  # fmt: skip


def post_authentication(
    emulator: EmulatorInterface,
    pool: Pool,
    user: User,
    client_id: str,
    metadata: Mapping[str, str],
    *,
    new_device: bool,
) -> None:
    """Call the post authentication function."""
    request: dict[str, Any] = {"userAttributes": event_attributes(user), "newDeviceUsed": new_device}
    if metadata:
        request["clientMetadata"] = dict(metadata)
    call(
        emulator, pool, "PostAuthentication", "PostAuthentication_Authentication", username=user["Username"],
        client_id=client_id, request=request, response={},
    )  # fmt: skip


def user_migration(
    emulator: EmulatorInterface, pool: Pool, source: str, username: str, client_id: str, *, password: str | None,
    metadata: Mapping[str, str],
) -> dict[str, Any] | None:  # fmt: skip
    """Call the migration function for an unknown user; None if there is no function or it does not know the user."""
    if not has(pool, "UserMigration"):
        return None
    try:
        answer = call(
            emulator, pool, "UserMigration", f"UserMigration_{source}", username=username, client_id=client_id,
            request={
                "password": password or "",
                "validationData": dict(metadata) or None,
                "clientMetadata": dict(metadata),
                "userAttributes": None,
            },
            response={
                "userAttributes": None, "forceAliasCreation": None, "enableSMSMFA": None, "finalUserStatus": None,
                "messageAction": None, "desiredDeliveryMediums": None,
            },
        )  # fmt: skip
    except RefusedError as error:
        if error.code == "UserLambdaValidationException":
            return None  # AWS treats an error of the function as an unknown user
        raise
    return answer if answer.get("userAttributes") else None
