"""Streams of botocore's calls as values; the sender or the caller can still read them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from constructs_lib.verify.recording.encoded_policies import decode_policies

if TYPE_CHECKING:
    from botocore.model import OperationModel


def readable_params(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as values: a file's content instead of the file, which can be read again for the request."""
    for name, value in params.items():
        if hasattr(value, "read") and hasattr(value, "seek"):
            at = value.tell()
            params[name] = value.read()
            value.seek(at)
    return params


def read_answer(parsed: dict[str, Any], model: OperationModel) -> dict[str, Any]:
    """Return a response as values; the caller can still read its stream afterwards."""
    from botocore.response import StreamingBody  # noqa: PLC0415 - part of the extra `local`

    answer = {name: decode_policies(value) for name, value in parsed.items() if name != "ResponseMetadata"}
    if not model.has_streaming_output or model.output_shape is None:
        return answer
    name = model.output_shape.serialization["payload"]
    body = answer.get(name)
    if isinstance(body, StreamingBody):
        content = body.read()
        parsed[name] = StreamingBody(io.BytesIO(content), len(content))
        answer[name] = content
    return answer
