"""Reads a recording: which calls are played, of all that were made."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.recording.placeholders import PLACEHOLDER, plain
from constructs_lib.verify.recording.recorder import FORMAT, LAST, LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_GIVE: Final = frozenset({
    "GetCredentialsForIdentity",
    "GetId",
    "GetOpenIdToken",
    "GetTokensFromRefreshToken",
})  # fmt: skip
"""Operations whose names say that they read, and that give something new each time."""
_ASKED: Final = ("url", "query", "headers", "request")
_ANSWERED: Final = ("answer", "answer_headers", "message", "tokens")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
_OF_ALL: Final[dict[str, tuple[type, ...]]] = {"call": (int,), "attempt": (int,), "check": (str,)}
_WITHHELD: Final[dict[str, tuple[type, ...]]] = {"withheld": (str,), "why": (str,)}
_OF_OPERATION: Final[dict[str, tuple[type, ...]]] = {
    "service": (str,), "operation": (str,), "by": (str,), "request": (dict,), "error": (str,), "answer": (dict,),
    "status": (int,),
}  # fmt: skip
_OVER_HTTP: Final[dict[str, tuple[type, ...]]] = {
    "method": (str,), "url": (str,), "query": (list,), "by": (dict,), "headers": (dict,), "request": (str,),
    "answer_headers": (dict,), "answer": (str, dict), "status": (int,),
}  # fmt: skip
"""The members of a line, and of which types they are."""
_READS: Final = ("Describe", "Detect", "Get", "Head", "List", "Simulate", "Validate")
"""How operations begin that change nothing."""


class RecordingError(Exception):
    """A file is no recording that this version can play."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call and its answer, with placeholders where identifiers were.

    Attributes:
        number: Its number in the recording.
        check: The check that made it. Empty: the run itself.
        said: All that the recording has of it.
    """

    number: int
    check: str
    said: dict[str, Any]

    @property
    def name(self) -> str:
        """What was called, such as `s3:PutObject` or `GET https://…/shares`."""
        if "withheld" in self.said:
            return str(self.said["withheld"])
        if "operation" in self.said:
            return f"{self.said['service']}:{self.said['operation']}"
        return f"{self.said['method']} {self.said['url']}"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing. A call that is not known to is taken to change something."""
        if self.gives:
            return False
        return str(self.said.get("operation", "")).startswith(_READS) or self.said.get("method") in {"GET", "OPTIONS"}

    @property
    def gives(self) -> bool:
        """Whether each answer has something new, although the operation's name says that it reads."""
        return self.said.get("operation") in _GIVE

    @property
    def is_attempt(self) -> bool:
        """Whether a client made it once more by itself."""
        return int(self.said["attempt"]) > 1

    @property
    def question(self) -> str:
        """What tells whether two calls ask the same."""
        asked = ("service", "operation", "method", "url", "query", "headers", "by", "request", "withheld")
        return json.dumps([self.said.get(each) for each in asked], sort_keys=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A recording.

    Attributes:
        region: The region of the run.
        local: Whether the run was one on a local cloud.
        calls: Its calls that are played, in order.
        repeated: How many others there were, which were asked again.
        own: The placeholders of values that came first in a request: the run made them up.
    """

    region: str
    local: bool
    calls: tuple[Call, ...]
    repeated: int
    own: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read one.

        Raises:
            RecordingError: The file is none, or one of another format.
            OSError: It cannot be read.
        """
        lines = [_line(path, number, each) for number, each in enumerate(_text(path).split("\n"), 1) if each]
        first = lines[0] if lines else {}
        if first.get("format") != FORMAT:
            raise RecordingError(
                f"{path}: its first line says the format {first.get('format')!r}, not {FORMAT!r}: "
                "make a recording with `cognito-app verify --record FILE`"
            )
        *asked, last = lines[1:] or [{}]
        if last != {LAST: len(asked)}:
            raise RecordingError(
                f"{path} has {len(asked)} calls, and its last line does not say that these are all: the file was cut, "
                "or its run was killed; make the recording again"
            )
        if not _REGION.fullmatch(str(first.get("region"))):
            raise RecordingError(f"{path}: its first line says no region")
        for number, each in enumerate(asked, 2):
            if wrong := next(_wrong(each), ""):
                raise RecordingError(f"{path}, line {number}: {wrong}")
        try:
            all_calls = [Call(number=each["call"], check=each["check"], said=each) for each in asked]
            calls = tuple(_last_asked(all_calls))
            return cls(
                region=first["region"],
                local=first["local"],
                calls=calls,
                repeated=len(all_calls) - len(calls),
                own=frozenset(_own(all_calls)),
            )
        except KeyError as error:
            raise RecordingError(f"{path}: a line says no {error.args[0]!r}") from error


def _wrong(line: dict[str, Any]) -> Iterator[str]:
    """Yield what a line of a call lacks, or has and no recording writes."""
    withheld, over_http = "withheld" in line, "method" in line
    wanted = _OF_ALL | (_WITHHELD if withheld else _OVER_HTTP if over_http else _OF_OPERATION)
    for name, kinds in wanted.items():
        if name not in line:
            yield f"it says no {name!r}"
        elif not isinstance(line[name], kinds) or isinstance(line[name], bool):
            yield f"{name} is {line[name]!r:.60}"
    for each in line.get("query", ()) if over_http else ():
        if not isinstance(each, dict) or not {"Key", "Value"} <= each.keys():
            yield f"query has {each!r:.60}"
    after = line.get("after", 0)
    if not isinstance(after, int) or not 0 <= after <= LONGEST:
        yield f"after is {after!r:.60}, not seconds up to {LONGEST}"
    if not isinstance(line.get("tokens", {}), dict):
        yield "tokens is no object"


def _own(calls: Iterable[Call]) -> Iterator[str]:
    seen: set[str] = set()
    for call in calls:
        asked = _placeholders([call.said.get(name) for name in _ASKED])
        tokens = call.said.get("tokens", {})
        # A token that came in a request was made by whoever sent it, and so was what it says.
        asked |= _placeholders(
            [said for token, said in tokens.items() if token in asked | _placeholders(call.said.get("by"))]
        )
        yield from asked - seen
        seen |= asked | _placeholders([call.said.get(name) for name in _ANSWERED])


def _placeholders(part: Any) -> set[str]:
    return {plain(each[0])[0] for each in PLACEHOLDER.finditer(json.dumps(part, ensure_ascii=False))}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, zlib.error) as error:
        raise RecordingError(f"{path} is no recording, or was cut: {error}") from error


def _line(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path}, line {number}: this is no JSON") from error
    if not isinstance(found, dict):
        raise RecordingError(f"{path}, line {number}: this is no object")
    return found


def _last_asked(calls: Iterable[Call]) -> list[Call]:
    """Return calls without those that were repeated: of a question asked again before anything changed, the last."""
    kept: list[Call | None] = []
    since_change: dict[str, int] = {}
    for call in calls:
        question = call.question
        again = bool(kept) and since_change.get(question) == len(kept) - 1 and (not call.gives or call.is_attempt)
        if not call.reads and not again:
            since_change.clear()
        if question in since_change:
            kept[since_change[question]] = None
        since_change[question] = len(kept)
        kept.append(call)
    return [each for each in kept if each is not None]
