"""Records the requests and responses of a run, one line of JSON for each response."""

from __future__ import annotations

import itertools
import json
import os
import re
import threading
import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from constructs_lib.verify.recording import member_names
from constructs_lib.verify.recording.asset_packages import named_packages
from constructs_lib.verify.recording.http import call_of
from constructs_lib.verify.recording.jwt import decode
from constructs_lib.verify.recording.leak_check import LeakError
from constructs_lib.verify.recording.redactor import Redactor
from constructs_lib.verify.recording.streams import read_answer, readable_params

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import botocore.session
    import requests
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

    from constructs_lib.verify.run import Run

FORMAT: Final = "cognito-app/verify-recording/1"
LAST: Final = "calls"
"""The only member of the last line: the number of lines between it and the first."""
_PLAIN: Final = frozenset({"service", "operation", "method", "status"})
"""Members of a line that name the call, in AWS's terms, and its result."""
LONG: Final = 60
"""The shortest pause between calls that is recorded, in seconds. Waiters call their service more often."""
LONGEST: Final = 3600
"""The longest pause that is recorded, and repeated in a replay, in seconds."""
_LISTING: Final = ("Describe", "Get", "List")
ADMINISTRATOR: Final = "administrator"
NOBODY: Final = "nobody"
_NO_KEYS: Final[tuple[object, ...]] = ({}, ADMINISTRATOR, NOBODY)
"""Callers without an access key; a user may have such a name."""
_CONTEXT_KEY: Final = "cognito-app-verify"
"""The key of a call's parameters in botocore's context of the call."""
_SIGNED_BY: Final = re.compile(r"Credential=([^/\s,]+)/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """A call that is omitted from the recording, because a part of it may identify the account.

    The call is `s3:PutObject`, for example, and `place` the position of the part in it.
    """

    call: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Users:
    """Records the calls of users."""

    recorder: FileRecorder

    def attach(self, session: botocore.session.Session) -> None:
        """Record every call of the clients that a user's session will create."""
        self.recorder._record_calls_of(session, "")  # noqa: SLF001 - a part of FileRecorder

    def answered(self, response: requests.Response) -> None:
        """Record one HTTP response."""
        self.recorder.answered(response)

    def during(self, check: str) -> AbstractContextManager[None]:
        """Record the check that calls belong to."""
        return self.recorder.during(check)


class FileRecorder:
    """Writes a recording.

    Identifiers are replaced before anything is written to disk. A call with a possible identifier that no rule
    recognises is omitted: a line in its place names the position, and `withheld` lists it.

    Attributes:
        broken: Why the file is incomplete. Empty: it is complete.

    Args:
        path: The file, which must not exist.
        run: The run.
        endpoint_url: The local cloud. None: AWS.

    Raises:
        FileExistsError: If the file exists.
    """

    def __init__(self, path: Path, run: Run, *, endpoint_url: str | None = None) -> None:
        """Start the file with the line of its format."""
        self.path = path
        self.withheld: list[Withheld] = []
        self.redactor = Redactor()
        self._lock, self._calls, self._local = threading.Lock(), itertools.count(1), threading.local()
        self.broken, self._lines = "", 0
        self._check, self._last, self._run_id = "", time.monotonic(), run.run_id
        for kind, value in (("run", run.run_id), ("account", run.account)):
            self.redactor.placeholders.replacement(kind, value)
        if endpoint_url is not None:
            self.redactor.placeholders.replacement("endpoint", endpoint_url.rstrip("/"))
            self.redactor.placeholders.replacement("port", f":{urlsplit(endpoint_url).port}")
        self.redactor.vocabulary.learn_text(f"{run.region} {run.partition} cognito verify local")
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        library = version("cognito-app-constructs")
        self._write(
            {
                "format": FORMAT,
                "library": library,
                "region": run.region,
                "partition": run.partition,
                "local": run.local,
            }
        )

    def attach(self, session: botocore.session.Session) -> None:
        """Record every call of the clients that an administrator's session will create."""
        self._record_calls_of(session, ADMINISTRATOR)

    @property
    def users(self) -> Users:
        """A recorder of users' calls, distinguished by their access keys, for the `Context` of a run."""
        return Users(self)

    def _record_calls_of(self, session: botocore.session.Session, who: str) -> None:
        # The parameters of handlers depend on the event, which botocore's types do not express.
        register: Any = session.register
        register("provide-client-params", self._before_call)
        register("before-send", partial(self._sent, who=who))
        register("response-received", self._received)

    def learn_app(self, assembly: Path) -> None:
        """Add the words of a synthesized app's templates, and its packages' names, to the words that are recorded.

        The app must contain only this library's constructs, so that none of these words identifies an account.
        """
        for template in assembly.glob("*.template.json"):
            self.redactor.vocabulary.learn_text(template.read_text(encoding="utf-8"))
        for name, key, content in named_packages(assembly):
            self.redactor.vocabulary.learn_text(f"{name} {key}")
            self.redactor.names_package(name, content)

    def add_identifier(self, kind: str, value: str) -> None:
        """Replace a value that identifies the account, wherever it occurs; `kind` is that of its placeholder."""
        self.redactor.placeholders.replacement(kind, value)

    def end(self) -> None:
        """Write the last line, by which a replay detects that the recording is complete."""
        with self._lock:
            self._write({LAST: self._lines - 1})

    @contextmanager
    def during(self, check: str) -> Iterator[None]:
        """Record the check that calls belong to."""
        before, self._check = self._check, check
        try:
            yield
        finally:
            self._check = before

    def answered(self, response: requests.Response) -> None:
        """Record one HTTP response that no client of a session received."""
        call = call_of(response)
        self._note(call, number=next(self._calls), attempt=1, name=f"{call['method']} over HTTP")

    def _before_call(self, params: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: Any) -> None:
        context[_CONTEXT_KEY] = {"number": next(self._calls), "model": model, "params": readable_params(dict(params))}

    def _sent(self, request: AWSPreparedRequest, *, who: str, **_: Any) -> None:
        authorization = request.headers.get("Authorization", "")
        found = _SIGNED_BY.search(authorization.decode() if isinstance(authorization, bytes) else authorization)
        self._local.by = (who or found[1]) if found else NOBODY

    def _received(
        self,
        response_dict: Mapping[str, Any] | None,
        parsed_response: dict[str, Any] | None,
        context: dict[str, Any],
        exception: Exception | None,
        **_: Any,
    ) -> None:
        request_data = context[_CONTEXT_KEY]
        model: OperationModel = request_data["model"]
        self.redactor.vocabulary.learn_model(model.service_model)
        answer = read_answer(parsed_response or {}, model)
        wrong = answer.pop("Error", {})
        if self._local.by == ADMINISTRATOR and model.name.startswith(_LISTING):
            answer = self._without_others(request_data["params"], answer)
        self._note(
            {
                "service": model.service_model.service_name,
                "operation": model.name,
                "by": self._local.by,
                "request": request_data["params"],
                "status": response_dict["status_code"] if response_dict else 0,
                "error": wrong.get("Code", "") or (type(exception).__name__ if exception else ""),
                "message": wrong.get("Message", ""),
                "answer": answer,
            },
            number=request_data["number"],
            attempt=int(context.get("retries", {}).get("attempt", 1)),
            name=f"{model.service_model.service_name}:{model.name}",
            model=model,
        )

    def _without_others(self, params: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """Return a response about the whole account without resources outside the run; their names are not recorded."""
        about = {name: each for name, each in params.items() if not member_names.is_opaque(name)}
        if self._run_id in json.dumps(about, default=str) or self._names_known(about):
            return answer
        return {
            name: [one for one in each if self._run_id in json.dumps(one, default=str)]
            if isinstance(each, list)
            else each
            for name, each in answer.items()
        }

    def _names_known(self, params: Mapping[str, Any]) -> bool:
        return any(isinstance(each, str) and self.redactor.placeholders.contained_in(each) for each in params.values())

    def _note(
        self, call: dict[str, Any], *, number: int, attempt: int, name: str, model: OperationModel | None = None
    ) -> None:
        shapes = {"request": model.input_shape, "answer": model.output_shape} if model else {}
        with self._lock:
            begin = {"call": number, "attempt": attempt, "check": self._check, **self._waited()}
            try:
                line = {
                    **begin,
                    **{
                        each: value
                        if each in _PLAIN or (each == "by" and value in _NO_KEYS)
                        else self.redactor.redacted(value, shapes.get(each), f"{name} {each}")
                        for each, value in call.items()
                    },
                }
                if tokens := self._tokens():
                    line["tokens"] = tokens
            except LeakError as leak:
                self.withheld.append(Withheld(call=name, place=leak.place, reason=leak.reason))
                line = {**begin, "withheld": name, "why": leak.reason}
            except Exception as error:  # noqa: BLE001 - an error of the recording must not end a run
                why = f"could not be inspected ({type(error).__name__})"
                self.withheld.append(Withheld(call=name, place=name, reason=why))
                line = {**begin, "withheld": name, "why": why}
            self._write(line)

    def _waited(self) -> dict[str, int]:
        """Return the pause before this call if it was long, such as until a token expired."""
        now = time.monotonic()
        waited, self._last = int(now - self._last), now
        return {"after": min(waited, LONGEST)} if waited >= LONG else {}

    def _tokens(self) -> dict[str, Any]:
        """Return the content of the tokens that this call is the first to carry."""
        tokens = {}
        for placeholder, value in self.redactor.placeholders.new("jwt"):
            token = decode(value)
            if token is not None:
                tokens[placeholder] = self.redactor.redacted(token, None, "token")
        return tokens

    def _write(self, line: Mapping[str, Any]) -> None:
        """Write a line. If the file cannot be written, the recording ends, not the run or its sweep."""
        if self.broken:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            self.broken = f"{self.path}: {error.strerror or error}"
        self._lines += 1
