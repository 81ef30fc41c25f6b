"""Replays a recording call by call, and reports the differences of a local cloud."""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from constructs_lib.local import LocalCloud
from constructs_lib.verify.recording.jwt import decode, forged
from constructs_lib.verify.recording.placeholders import CLOSE, OPEN
from constructs_lib.verify.replay.binding import Bindings, UnboundError, as_text
from constructs_lib.verify.replay.comparing import compare
from constructs_lib.verify.replay.playing import Answer, NotPlayableError, Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.verify.replay.reading import Call, Recording

_LONGEST: Final = 120
"""The longest wait for a response that is in progress, in seconds."""
_BETWEEN: Final = 0.25
_IN_PROGRESS: Final = ("_IN_PROGRESS", "_PENDING", "CREATING", "DELETING", "InProgress", "Pending", "UPDATING")
"""Endings of the states that services leave without another request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A call to which a local cloud responds differently.

    Attributes:
        call: The call, with its request and its recorded response.
        deviations: The differences.
        answer: The live response.
    """

    call: Call
    deviations: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class NotPlayed:
    """A call that could not be repeated.

    Attributes:
        call: The call.
        why: The reason.
        is_fault: Whether the recording or the local cloud is faulty: no response has contained a value of the call, or
            its line describes an impossible request.
    """

    call: Call
    why: str
    is_fault: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """The result of a replay.

    Attributes:
        recording: The recording.
        played: The number of repeated calls.
        differences: The calls with different responses.
        not_played: The calls that could not be repeated.
        seconds: The duration.
    """

    recording: Recording
    played: int
    differences: tuple[Difference, ...]
    not_played: tuple[NotPlayed, ...]
    seconds: float


def replay(recording: Recording, *, say: Callable[[str], None] = lambda _: None) -> Replayed:
    """Replay a recording against a new local cloud of its region, which is stopped and removed at the end.

    Raises:
        LocalCloudError: If the local cloud does not start.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cognito-verify-replay-") as folder,
        LocalCloud(Path(folder), region=recording.region) as cloud,
    ):
        return _played(recording, cloud, say)


def _played(recording: Recording, cloud: LocalCloud, say: Callable[[str], None]) -> Replayed:
    started, differences, not_played = time.monotonic(), [], []
    bindings = Bindings(
        {
            f"{OPEN}account-1{CLOSE}": cloud.account,
            f"{OPEN}endpoint-1{CLOSE}": cloud.endpoint_url,
            f"{OPEN}port-1{CLOSE}": f":{urlsplit(cloud.endpoint_url).port}",
            f"{OPEN}run-1{CLOSE}": secrets.token_hex(4),
        },
        recording.own,
    )
    player = Player(cloud, bindings)
    for call in recording.calls:
        try:
            if waited := call.members.get("after"):
                say(f"waiting {waited} s, as the recorded run did")
                time.sleep(waited)
            _forge(call, bindings)
            live, deviations = _settled(call, player, bindings)
        except (NotPlayableError, UnboundError) as error:
            not_played.append(NotPlayed(call=call, why=str(error), is_fault=isinstance(error, UnboundError)))
            continue
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            why = f"its line describes an impossible request: {type(error).__name__}: {error}"
            not_played.append(NotPlayed(call=call, why=why, is_fault=True))
            continue
        if deviations:
            differences.append(Difference(call=call, deviations=tuple(deviations), answer=live))
            say(f"{call.number} {call.name}: {deviations[0]}")
    return Replayed(
        recording=recording,
        played=len(recording.calls) - len(not_played),
        differences=tuple(differences),
        not_played=tuple(not_played),
        seconds=time.monotonic() - started,
    )


def _settled(call: Call, player: Player, bindings: Bindings) -> tuple[Answer, list[str]]:
    """Make a call, repeat it while its response is in progress and the recorded one is not, and compare."""
    until = time.monotonic() + _LONGEST
    live = player.play(call)
    while (
        call.reads
        and _in_progress(live.answer)
        and not _in_progress(call.members["answer"])
        and time.monotonic() < until
    ):
        time.sleep(_BETWEEN)
        live = player.play(call)
    return live, _deviations(call.members, live, bindings)


def _in_progress(answer: Any) -> bool:
    return any(f'{ending}"' in json.dumps(answer) for ending in _IN_PROGRESS)


def _deviations(members: dict[str, Any], live: Answer, bindings: Bindings) -> list[str]:
    deviations = [
        f"{name} is {here!r}, recorded: {there!r}"
        for name, there, here in (
            ("status", members["status"], live.status),
            ("error", members.get("error", ""), live.error),
        )
        if there != here
    ]
    deviations += compare(members["answer"], live.answer, bindings)
    deviations += compare(members.get("answer_headers", {}), live.headers, bindings, "headers")
    for placeholder, token in members.get("tokens", {}).items():
        if placeholder in bindings:
            deviations += compare(token, as_text(decode(bindings[placeholder]) or {}), bindings, "token")
    return deviations


def _forge(call: Call, bindings: Bindings) -> None:
    """Generate the tokens that no response has contained before this request: its sender generated them."""
    request_json = json.dumps([call.members.get(each) for each in ("request", "by", "headers")], ensure_ascii=False)
    for placeholder, members in call.members.get("tokens", {}).items():
        if placeholder in request_json and placeholder not in bindings:
            bindings.bind(placeholder, forged(bindings.filled(members)))
