"""User pools API: every call goes through the table in `user_pools.operations`.

Stock MiniStack accepts an invented session, uses any attribute as a claim, ignores clients' read and write attributes,
does not require a mandatory second factor and does not rotate refresh tokens (measured on 1.5.33).
"""

import fnmatch
import json
import time
from typing import Any, Final

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import cognito, kms, lambda_svc, ses, sns

from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import after_put, expect_types
from .user_pools.clients import keep_client, keep_pool
from .user_pools.emulator_interface import EmulatorInterface, FunctionFailedError, Message, Pool
from .user_pools.errors import RefusedError
from .user_pools.operations import STOCK, perform

_SERVICE: Final = "cognito-idp.amazonaws.com"
_SENDER: Final = "no-reply@verificationemail.com"
_CANNOT_RUN: Final = ("Sandbox.Timedout", "Runtime.ExitError", "Runtime.ImportModuleError", "Runtime.HandlerNotFound")
_STOCK_NAMES: Final = {
    "TagResource": "_idp_tag_resource", "UntagResource": "_idp_untag_resource",
    "ListTagsForResource": "_idp_list_tags_for_resource", "GetUICustomization": "_get_ui_customization",
    "SetUICustomization": "_set_ui_customization",
}  # fmt: skip


def check() -> None:
    """Refuse a MiniStack that dispatches calls, signs tokens or keeps messages elsewhere."""
    expect_parameters(cognito._dispatch_idp, "action", "data")
    expect_parameters(cognito._signed_jwt, "claims", "pool_id", "use")
    expect_parameters(cognito._pin_unsigned_idp_scope, "data")
    expect_parameters(cognito._pool_for_client, "cid")
    expect_parameters(cognito._signature_valid, "token")
    expect_parameters(lambda_svc._get_func_record_for_ref, "function_ref")
    expect_parameters(lambda_svc._execution_record_for_config, "func", "config")
    expect_parameters(lambda_svc._execute_function_with_config_scope, "func", "event")
    expect_parameters(sns._sms_log_for, "phone_number")
    expect_attributes(cognito, "_user_pools", "_revoked_tokens", "_token_claims", *map(_stock_name, STOCK))
    expect_attributes(ses, "send_internal_email")
    expect_types("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient")
    expect_parameters(kms.handle_request, "method", "path", "headers", "body", "query_params")


def install() -> None:
    """Route every call to this module."""
    cognito._dispatch_idp = _dispatch
    after_put("AWS::Cognito::UserPool", _pool_was_put)
    after_put("AWS::Cognito::UserPoolClient", _client_was_put)


def answer(operation: str, data: dict[str, Any]) -> Any:
    """Handle a call in the format of MiniStack's functions: status, headers, body."""
    if STOCK.get(operation) is None and not operation.startswith("Admin"):
        cognito._pin_unsigned_idp_scope(data)
    stock = {name: getattr(cognito, _stock_name(name)) for name in STOCK}
    try:
        answered = perform(EMULATOR, operation, data, stock)
    except RefusedError as error:
        return error_response_json(error.code, error.message, error.status)
    return answered if isinstance(answered, tuple) else json_response(answered)


async def _dispatch(action: str, data: Any) -> Any:
    # In a separate thread, because functions call back over HTTP.
    return await run_reentrant(answer, action, data, thread_name="ministack-cognito-trigger")


def _stock_name(operation: str) -> str:
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)
    return _STOCK_NAMES.get(operation, words)


def _claims(token: str) -> dict[str, Any] | None:
    if token.count(".") != 2 or not cognito._signature_valid(token):  # noqa: PLR2004 - the parts of a JWT
        return None
    return dict(cognito._token_claims(token)) or None


def _invoke(arn: str, event: dict[str, Any]) -> Any:
    record, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if record is None or config is None:
        raise FunctionFailedError("ResourceNotFoundException", raised=False)
    pool: Pool = cognito._user_pools[event["userPoolId"]]
    if not _may_invoke(record.get("policy") or {}, pool["Arn"]):
        raise FunctionFailedError("AccessDeniedException", raised=False)
    execution = lambda_svc._execution_record_for_config(record, config)
    result = lambda_svc._execute_function_with_config_scope(execution, event)
    body = result.get("body")
    if isinstance(body, (str, bytes)):
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    if result.get("error") or result.get("throttle"):
        error = body if isinstance(body, dict) else {}
        raised = error.get("errorType") not in _CANNOT_RUN
        raise FunctionFailedError(
            str(error.get("errorMessage") or error.get("errorType") or "Unhandled"), raised=raised
        )
    return body


def _may_invoke(policy: dict[str, Any], pool_arn: str) -> bool:
    """Return whether a function's policy lets user pools call it for this pool."""
    return any(_allows(statement, pool_arn) for statement in policy.get("Statement") or [])


def _allows(statement: dict[str, Any], pool_arn: str) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, dict) else principal
    named = [services] if isinstance(services, str) else list(services or [])
    actions = statement.get("Action")
    actions = [actions] if isinstance(actions, str) else list(actions or [])
    if statement.get("Effect") != "Allow" or not {_SERVICE, "*"} & set(named):
        return False
    if not any(fnmatch.fnmatchcase("lambda:InvokeFunction", action) for action in actions):
        return False
    context = {"aws:sourcearn": pool_arn, "aws:sourceaccount": get_account_id()}
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, allowed in keys.items():
            values = [allowed] if isinstance(allowed, str) else allowed
            value = context.get(key.lower())
            if value is None or operator not in ("ArnLike", "ArnEquals", "StringEquals", "StringLike"):
                return False
            if not any(fnmatch.fnmatchcase(value, each) for each in values):
                return False
    return True


def _send(message: Message) -> None:
    if message.medium == "EMAIL":
        html = "<" in message.body and ">" in message.body
        ses.send_internal_email(
            source=_SENDER, to_addrs=[message.to], subject=message.subject, body_text="" if html else message.body,
            body_html=message.body if html else "", type_name=message.kind, extra={"Username": message.username},
        )  # fmt: skip
    else:
        sns._sms_log_for(message.to).append(
            {"PhoneNumber": message.to, "Message": message.body, "Subject": None, "TopicArn": None}
        )


def _encrypt(code: str, key_id: str, pool_id: str) -> str:
    from .code_encryption import encrypt  # noqa: PLC0415 - brings boto3, and only pools with custom senders use it

    return encrypt(code, key_id, pool_id)


def _pool_was_put(physical_id: str, props: dict[str, Any]) -> None:
    keep_pool(cognito._user_pools[physical_id], props)


def _client_was_put(physical_id: str, props: dict[str, Any]) -> None:
    keep_client(cognito._user_pools[props["UserPoolId"]]["_clients"][physical_id], props)


EMULATOR: Final = EmulatorInterface(
    pool=cognito._user_pools.get,
    pool_of_client=lambda client_id: cognito._pool_for_client(client_id)[0],
    invoke=_invoke,
    sign=lambda claims, pool_id, use: str(cognito._signed_jwt(claims, pool_id, use)),
    claims=_claims,
    send=_send,
    encrypt=_encrypt,
    end_session=cognito._revoked_tokens.add,
    now=time.time,
)
"""MiniStack's interface for user pools."""
