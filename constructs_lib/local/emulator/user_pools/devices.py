"""Remembered devices: confirm, list, forget, and sign in with a device key.

Source: "Working with user devices in your user pool" (Amazon Cognito developer guide).
"""

import base64
import binascii
from typing import Any

from . import sign_in_steps, srp
from .call_context import Call
from .emulator_interface import User
from .errors import RefusedError, invalid, missing
from .sessions import Session
from .sign_in_steps import Authenticated, ChallengeRequired


def confirm(call: Call) -> dict[str, Any]:
    """Handle `ConfirmDevice`."""
    device = (call.user.get("_devices") or {}).get(call.data["DeviceKey"])
    if device is None:
        raise _unknown()
    if "verifier" in device:
        raise RefusedError("DeviceKeyExistsException", "Device already exists.")
    settings = call.data.get("DeviceSecretVerifierConfig") or {}
    if not settings.get("PasswordVerifier") or not settings.get("Salt"):
        raise invalid("Invalid device verifier.")
    try:
        device["verifier"] = base64.b64decode(settings["PasswordVerifier"], validate=True).hex()
        device["salt"] = base64.b64decode(settings["Salt"], validate=True).hex()
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid device verifier.") from error
    asks = bool((call.pool.get("DeviceConfiguration") or {}).get("DeviceOnlyRememberedOnUserPrompt"))
    device |= {
        "name": call.data.get("DeviceName", ""), "modified": call.now, "used": call.now,
        "status": "not_remembered" if asks else "remembered",
    }  # fmt: skip
    return {"UserConfirmationNecessary": asks}


def get(call: Call) -> dict[str, Any]:
    """Handle `GetDevice` and `AdminGetDevice`."""
    key, device = _found(call)
    return {"Device": _shown(key, device)}


def listed(call: Call) -> dict[str, Any]:
    """Handle `ListDevices` and `AdminListDevices`."""
    shown = [_shown(key, device) for key, device in _confirmed(call.user).items()]
    limit = call.data.get("Limit")
    return {"Devices": shown if limit is None else shown[: int(limit)]}


def forget(call: Call) -> dict[str, Any]:
    """Handle `ForgetDevice` and `AdminForgetDevice`."""
    key, _ = _found(call)
    del call.user["_devices"][key]
    return {}


def update_status(call: Call) -> dict[str, Any]:
    """Handle `UpdateDeviceStatus` and `AdminUpdateDeviceStatus`."""
    _, device = _found(call)
    if call.data.get("DeviceRememberedStatus"):
        device["status"] = call.data["DeviceRememberedStatus"]
        device["modified"] = call.now
    return {}


def srp_auth(call: Call, session: Session, user: User, responses: dict[str, str]) -> ChallengeRequired | Authenticated:
    """Handle the challenge `DEVICE_SRP_AUTH`."""
    key = session.facts["device_key"]
    if not responses.get("DEVICE_KEY"):
        raise missing("DEVICE_KEY")
    device = _confirmed(user).get(key)
    if device is None or responses["DEVICE_KEY"] != key:
        raise _unknown()
    verifier = int(device["verifier"], 16)
    shown, proof = srp.challenge(device["group"], key, device["salt"], verifier, srp.check_a(responses.get("SRP_A")))
    return sign_in_steps.ask(
        call, user["Username"], "DEVICE_PASSWORD_VERIFIER",
        parameters={**shown, "USERNAME": user["Username"], "DEVICE_KEY": key},
        facts={"proof": proof, "device_key": key},
    )  # fmt: skip


def password_verifier(
    call: Call, session: Session, user: User, responses: dict[str, str]
) -> ChallengeRequired | Authenticated:
    """Handle the challenge `DEVICE_PASSWORD_VERIFIER`: a remembered device may replace the second factor."""
    srp.check_form(responses, "USERNAME", "DEVICE_KEY")
    key = session.facts["device_key"]
    if responses["DEVICE_KEY"] != key or not srp.proves(session.facts["proof"], responses):
        raise sign_in_steps.wrong_password()
    _confirmed(user)[key]["used"] = call.now
    if not (call.pool.get("DeviceConfiguration") or {}).get("ChallengeRequiredOnNewDevice"):
        outcome = sign_in_steps.second_factor(call, user, source="AuthenticateDevice")
        if isinstance(outcome, ChallengeRequired):
            return outcome
    return Authenticated(user=user, source="AuthenticateDevice", device_key=key)


def _confirmed(user: User) -> dict[str, Any]:
    return {key: device for key, device in (user.get("_devices") or {}).items() if "verifier" in device}


def _found(call: Call) -> tuple[str, dict[str, Any]]:
    key = call.data["DeviceKey"]
    device = _confirmed(call.user).get(key)
    if device is None:
        raise _unknown()
    return key, device


def _unknown() -> RefusedError:
    return RefusedError("ResourceNotFoundException", "Device does not exist.")


def _shown(key: str, device: dict[str, Any]) -> dict[str, Any]:
    return {
        "DeviceKey": key,
        "DeviceAttributes": [
            {"Name": "device_status", "Value": "valid"},
            {"Name": "device_name", "Value": device.get("name", "")},
            {"Name": "dev:device_remembered_status", "Value": device["status"]},
        ],
        "DeviceCreateDate": device["created"],
        "DeviceLastModifiedDate": device.get("modified", device["created"]),
        "DeviceLastAuthenticatedDate": device.get("used", device["created"]),
    }
