"""Administrator by this cloud's own random key alone, and secret keys for functions.

Stock MiniStack accepts the keys `test` and any twelve digits as an administrator's without checking their signature,
and derives a function's keys from the names of the function and its role (measured on 1.5.33).
"""

import hashlib
import hmac
import os
from typing import Any, Final

from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import lambda_svc, sts

from .ministack_interface import UnsupportedError, expect_parameters

_SESSION_NAME: Final = 64


def check() -> None:
    """Refuse a MiniStack that recognizes its root differently."""
    expect_parameters(iam_evaluator.is_root_access_key, "access_key_id")
    expect_parameters(iam_evaluator._is_root_key, "access_key_id")
    expect_parameters(iam_evaluator.resolve_caller_identity, "access_key_id")
    expect_parameters(lambda_runtime.execution_credentials, "config")
    expect_parameters(lambda_runtime._account_region_from_function_config, "config")
    expect_parameters(sts.register_session, "access_key", "session")
    if lambda_svc.execution_credentials is not lambda_runtime.execution_credentials:
        raise UnsupportedError("ministack.services.lambda_svc.execution_credentials is not the runtime's")


def install() -> None:
    """Override the check for root and the keys of functions. MiniStack reads root's secret key from the environment."""
    iam_evaluator.is_root_access_key = sts.is_root_access_key = is_administrator
    # The signature of every key but root's is checked.
    iam_evaluator._is_root_key = lambda access_key_id: not access_key_id
    iam_evaluator.resolve_caller_identity = _with_administrator(iam_evaluator.resolve_caller_identity)
    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = execution_credentials


def is_administrator(access_key_id: str) -> bool:
    """Return whether a key is this cloud's administrator's, or empty: other modules decide unsigned requests."""
    return not access_key_id or hmac.compare_digest(access_key_id.encode(), os.environ["AWS_ACCESS_KEY_ID"].encode())


def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
    """Return a function's credentials: a session of its role, with keys that only this cloud can compute."""
    account, _ = lambda_runtime._account_region_from_function_config(config)
    role = str(config.get("Role", ""))
    name = role.rsplit("/", 1)[-1]
    who = f"{config.get('FunctionArn', '')}\0{role}"
    session = str(config.get("FunctionName", ""))[:_SESSION_NAME]
    keys = {
        "AWS_ACCESS_KEY_ID": "ASIA" + _secret("key", who)[:16].upper(),
        "AWS_SECRET_ACCESS_KEY": _secret("secret", who),
        "AWS_SESSION_TOKEN": _secret("token", who),
    }
    sts.register_session(
        keys["AWS_ACCESS_KEY_ID"],
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "UserId": f"{name}:{session}",
            "SecretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
            "SessionToken": keys["AWS_SESSION_TOKEN"],
        },
    )
    return keys


def _secret(kind: str, who: str) -> str:
    return hmac.new(os.environ["AWS_SECRET_ACCESS_KEY"].encode(), f"{kind}\0{who}".encode(), hashlib.sha256).hexdigest()


def _with_administrator(stock: Any) -> Any:
    def resolve_caller_identity(access_key_id: str) -> dict[str, Any] | None:
        if not access_key_id or not is_administrator(access_key_id):
            found: dict[str, Any] | None = stock(access_key_id)
            return found
        account = str(iam_evaluator.resolve_credential(access_key_id).account_id)
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": iam_evaluator._principal_org_id(account),
            "session": None,
        }

    return resolve_caller_identity
