"""KMS requests: the key that an alias names, the encryption context as condition keys, and the key of a ciphertext.

Stock MiniStack authorizes a call that names an alias by the alias's ARN, so that a Deny for the key refuses nothing;
has no condition keys of the encryption context; and decrypts with any key, into other text (measured on 1.5.33).
Sources: "Controlling access to aliases", "kms:EncryptionContext:context-key" (AWS KMS developer guide): the key is the
resource of an operation on a key; "Decrypt" (AWS KMS API reference): `IncorrectKeyException`.
"""

from typing import Any, Final

from ministack.core import iam_actions
from ministack.core.responses import error_response_json
from ministack.services import kms

from .json_requests import json_object
from .ministack_interface import expect_parameters

_ALIAS: Final = ":alias/"
_OF_ALIASES: Final = ("CreateAlias", "DeleteAlias", "UpdateAlias")
_CONTEXT: Final = "kms:EncryptionContext:"
_WRONG_KEY: Final = "The key ID in the request does not identify a CMK that can perform this operation."


def check() -> None:
    """Refuse a MiniStack that resolves keys or computes condition keys elsewhere."""
    expect_parameters(
        iam_actions.extract_resource_arn,
        "service", "method", "path", "headers", "body", "query_params", "region", "account_id",
    )  # fmt: skip
    expect_parameters(iam_actions.request_tag_context, "service", "iam_action", "body", "params")
    expect_parameters(iam_actions._kms_key_id_from_ciphertext, "ciphertext_b64")
    expect_parameters(kms._resolve_key, "key_id_or_arn")
    expect_parameters(kms._decrypt, "data")


def install() -> None:
    """Override the resource and the condition keys of a request, and the decryption."""
    stock_resource, stock_context = iam_actions.extract_resource_arn, iam_actions.request_tag_context
    stock_decrypt = kms._decrypt

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query_params: Any, *rest: Any
    ) -> Any:
        arn = stock_resource(service, method, path, headers, body, query_params, *rest)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if service == "kms" and operation not in _OF_ALIASES and isinstance(arn, str) and _ALIAS in arn:
            return (kms._resolve_key(arn) or {}).get("Arn", arn)
        return arn

    def request_tag_context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
        found: dict[str, Any] = stock_context(service, iam_action, body, params)
        return found | _context_keys(body) if service == "kms" else found

    def decrypt(data: dict[str, Any]) -> Any:
        named = kms._resolve_key(data.get("KeyId", ""))
        if named and "_symmetric_key" in named and _key_of(data.get("CiphertextBlob")) not in (None, named["KeyId"]):
            return error_response_json("IncorrectKeyException", _WRONG_KEY, 400)
        return stock_decrypt(data)

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.request_tag_context = request_tag_context
    kms._decrypt = decrypt


def _context_keys(body: bytes) -> dict[str, Any]:
    context = json_object(body).get("EncryptionContext")
    if not isinstance(context, dict) or not context:
        return {}
    return {f"{_CONTEXT}{name}": value for name, value in context.items()} | {"kms:EncryptionContextKeys": [*context]}


def _key_of(ciphertext: Any) -> str | None:
    """Return the ID of the key that made a symmetric ciphertext; None for a text that is none."""
    return iam_actions._kms_key_id_from_ciphertext(ciphertext) or None if isinstance(ciphertext, str) else None
