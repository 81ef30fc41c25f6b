"""One Node process that runs the handlers of channel namespaces, as AppSync's runtime does."""

import json
import logging
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, Final

_LOG: Final = logging.getLogger("emulator")
_PROGRAM: Final = Path(__file__).with_name("channel_handlers.mjs")
_NO_NODE: Final = {
    "error": "channel handlers need Node, which is not on PATH",
    "type": "Unavailable",
}
_ENDED: Final = {"error": "the process that runs channel handlers has ended", "type": "Unavailable"}
_lock: Final = threading.Lock()
_process: "subprocess.Popen[str] | None" = None


def handler_fault(code: str) -> str:
    """Return why AppSync, or this local cloud, refuses a handler; empty if it is accepted."""
    return str(_evaluated({"code": code}).get("error", ""))


def run(code: str, verb: str, context: dict[str, Any]) -> dict[str, Any]:
    """Run the handler `publish` or `subscribe` of a namespace's code.

    Returns:
        The handler's result as `value`; `missing` if the code has no such handler; or `error` and its `type`.
    """
    return _evaluated({"code": code, "verb": verb, "ctx": context})


def _evaluated(question: dict[str, Any]) -> dict[str, Any]:
    with _lock:
        try:
            process = _running()
            if process is None or process.stdin is None or process.stdout is None:
                return _NO_NODE
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError as error:
            _LOG.warning("channel handlers: %s", error)
            return _ENDED
    answer = json.loads(line) if line else _ENDED
    return answer if isinstance(answer, dict) else _ENDED


def _running() -> "subprocess.Popen[str] | None":
    """Return the process; it reads this process's pipe, and so ends with it."""
    global _process  # noqa: PLW0603 - one process for all handlers
    if _process is None or _process.poll() is not None:
        node = shutil.which("node")
        if node is None:
            return None
        command = [node, "--expose-internals", "--no-warnings", str(_PROGRAM)]
        _process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    return _process
