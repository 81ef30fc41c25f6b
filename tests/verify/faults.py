"""Faults of AWS for a botocore session: the response is replaced before the request is sent, or after it returned."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session

XML = "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
S3 = "<Error><Code>{code}</Code><Message>{message}</Message></Error>"
QUERY = frozenset({"cloudformation", "iam", "sts"})


class Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Yield the remaining resources."""
        yield self.read()


def response(url: str, status: int, body: bytes, headers: dict[str, str] | None = None) -> AWSResponse:
    """Return a response as botocore reads it."""
    return AWSResponse(url, status, HeadersDict(headers or {}), Raw(body))  # type: ignore[arg-type] # as botocore does


def error(request: AWSPreparedRequest, service: str, status: int, code: str, message: str = "planted") -> AWSResponse:
    """Return an error as a service writes it."""
    if service == "s3" or service in QUERY:
        body = (S3 if service == "s3" else XML).format(code=code, message=message)
    else:
        body = json.dumps({"__type": code, "message": message})
    return response(request.url, status, body.encode(), {"x-amzn-errortype": code})


@dataclass
class Fault:
    """Responds instead of the cloud.

    Args:
        answer: Gets the request, the service (`s3`), the operation (`PutObject`), and how often the operation has been
            called before; returns an answer, or None to let the cloud answer.
    """

    answer: Callable[[AWSPreparedRequest, str, str, int], AWSResponse | None]
    calls: Counter[str] = field(default_factory=Counter)
    planted: int = 0

    def attach(self, session: botocore.session.Session) -> None:
        """Respond to the clients that a session will create."""
        register: Any = session.register
        register("before-send", self._before)

    def _before(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        service, operation = event_name.split(".")[1:]
        name = f"{service}:{operation}"
        before = self.calls[name]
        self.calls[name] += 1
        self.planted += 1
        found = self.answer(request, service, operation, before)
        self.planted -= found is None
        return found


def answered(request: AWSPreparedRequest) -> AWSResponse:
    """Return the cloud's response, so that it can be changed."""
    return URLLib3Session(verify=False).send(request)
