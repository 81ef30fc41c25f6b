"""Reads a recording, and selects the calls to replay."""

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

_RETURNS_NEW_VALUES: Final = frozenset({
    "GetCredentialsForIdentity",
    "GetId",
    "GetOpenIdToken",
    "GetTokensFromRefreshToken",
})  # fmt: skip
"""Operations that are named like reads but return a new value each time."""
_REQUEST_MEMBERS: Final = ("url", "query", "headers", "request")
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
"""The members of a line, with their types."""
_READS: Final = ("Describe", "Detect", "Get", "Head", "List", "Simulate", "Validate")
"""Prefixes of the operations that change nothing."""
_REMEDY: Final = "make a recording with `cognito-app verify --record FILE`"


class RecordingError(Exception):
    """A file is not a recording that this version can replay."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call and its response, with placeholders instead of identifiers.

    Attributes:
        number: Its number in the recording.
        check: The check that made it. Empty: the run itself.
        members: All recorded members.
    """

    number: int
    check: str
    members: dict[str, Any]

    @property
    def name(self) -> str:
        """The call, such as `s3:PutObject` or `GET https://…/shares`."""
        if "withheld" in self.members:
            return str(self.members["withheld"])
        if "operation" in self.members:
            return f"{self.members['service']}:{self.members['operation']}"
        return f"{self.members['method']} {self.members['url']}"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing. An unknown call counts as a change."""
        if self.returns_new_values:
            return False
        return str(self.members.get("operation", "")).startswith(_READS) or self.members.get("method") in {
            "GET",
            "OPTIONS",
        }

    @property
    def returns_new_values(self) -> bool:
        """Whether each response contains something new, although the operation has the name of a read."""
        return self.members.get("operation") in _RETURNS_NEW_VALUES

    @property
    def is_attempt(self) -> bool:
        """Whether it is a client's automatic retry."""
        return int(self.members["attempt"]) > 1

    @property
    def question(self) -> str:
        """Identifies equal requests."""
        identifying = ("service", "operation", "method", "url", "query", "headers", "by", "request", "withheld")
        return json.dumps([self.members.get(each) for each in identifying], sort_keys=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A recording.

    Attributes:
        region: The region of the run.
        local: Whether the run was one on a local cloud.
        calls: The calls to replay, in order.
        repeated: The number of the other calls, which were repeated.
        own: The placeholders of values that first occur in a request: the run generated them.
    """

    region: str
    local: bool
    calls: tuple[Call, ...]
    repeated: int
    own: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a recording.

        Raises:
            RecordingError: If the file is not a recording, or has another format.
            OSError: If it cannot be read.
        """
        lines = [_line(path, number, each) for number, each in enumerate(_text(path).split("\n"), 1) if each]
        first = lines[0] if lines else {}
        if first.get("format") != FORMAT:
            raise RecordingError(
                f"{path} has the format {first.get('format')!r} in its first line, not {FORMAT!r}; {_REMEDY}"
            )
        *earlier, last = lines[1:] or [{}]
        if last != {LAST: len(earlier)}:
            raise RecordingError(
                f"{path} has {len(earlier)} calls, and its last line does not confirm that they are complete (the file "
                "was truncated, or its run was killed); make the recording again"
            )
        if not _REGION.fullmatch(str(first.get("region"))):
            raise RecordingError(f"{path} has no region in its first line; make the recording again")
        for number, each in enumerate(earlier, 2):
            if wrong := next(_wrong(each), ""):
                raise RecordingError(f"{path}, line {number}: {wrong}; {_REMEDY}")
        try:
            all_calls = [Call(number=each["call"], check=each["check"], members=each) for each in earlier]
            calls = tuple(_last_of_equal(all_calls))
            return cls(
                region=first["region"],
                local=first["local"],
                calls=calls,
                repeated=len(all_calls) - len(calls),
                own=frozenset(_own(all_calls)),
            )
        except KeyError as error:
            raise RecordingError(f"{path}: a line has no {error.args[0]!r}; {_REMEDY}") from error


def _wrong(line: dict[str, Any]) -> Iterator[str]:
    """Yield the members of a call's line that are missing or invalid."""
    withheld, over_http = "withheld" in line, "method" in line
    required = _OF_ALL | (_WITHHELD if withheld else _OVER_HTTP if over_http else _OF_OPERATION)
    for name, kinds in required.items():
        if name not in line:
            yield f"it has no {name!r}"
        elif not isinstance(line[name], kinds) or isinstance(line[name], bool):
            yield f"{name} is {line[name]!r:.60}"
    for each in line.get("query", ()) if over_http else ():
        if not isinstance(each, dict) or not {"Key", "Value"} <= each.keys():
            yield f"query has {each!r:.60}"
    after = line.get("after", 0)
    if not isinstance(after, int) or not 0 <= after <= LONGEST:
        yield f"after is {after!r:.60}, not seconds up to {LONGEST}"
    if not isinstance(line.get("tokens", {}), dict):
        yield "tokens is not an object"


def _own(calls: Iterable[Call]) -> Iterator[str]:
    seen: set[str] = set()
    for call in calls:
        named = _placeholders([call.members.get(name) for name in _REQUEST_MEMBERS])
        tokens = call.members.get("tokens", {})
        # The sender of a request generated the tokens in it, and therefore the values in the tokens.
        named |= _placeholders(
            [
                token_members
                for token, token_members in tokens.items()
                if token in named | _placeholders(call.members.get("by"))
            ]
        )
        yield from named - seen
        seen |= named | _placeholders([call.members.get(name) for name in _ANSWERED])


def _placeholders(part: Any) -> set[str]:
    return {plain(each[0])[0] for each in PLACEHOLDER.finditer(json.dumps(part, ensure_ascii=False))}


def _text(path: Path) -> str:
    if not path.is_file():
        raise RecordingError(f"{path} {'is not a file' if path.exists() else 'does not exist'}; {_REMEDY}")
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, zlib.error) as error:
        raise RecordingError(f"{path} is not a recording, or was truncated: {error}; {_REMEDY}") from error


def _line(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path}, line {number} is not JSON; {_REMEDY}") from error
    if not isinstance(found, dict):
        raise RecordingError(f"{path}, line {number} is not an object; {_REMEDY}")
    return found


def _last_of_equal(calls: Iterable[Call]) -> list[Call]:
    """Return the calls without repetitions: of equal requests without a change between them, the last one."""
    kept: list[Call | None] = []
    since_change: dict[str, int] = {}
    for call in calls:
        question = call.question
        again = (
            bool(kept)
            and since_change.get(question) == len(kept) - 1
            and (not call.returns_new_values or call.is_attempt)
        )
        if not call.reads and not again:
            since_change.clear()
        if question in since_change:
            kept[since_change[question]] = None
        since_change[question] = len(kept)
        kept.append(call)
    return [each for each in kept if each is not None]
