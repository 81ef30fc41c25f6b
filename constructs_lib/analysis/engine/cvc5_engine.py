"""The second engine: cvc5 in a separate process, with an enforced time limit."""

from __future__ import annotations

import importlib.util
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from constructs_lib.analysis.engine.automata_engine import Answer, Decision
from constructs_lib.analysis.engine.equivalent_obligations import Question
from constructs_lib.analysis.engine.smt_calls import each_call
from constructs_lib.analysis.engine.smt_terms import UnsupportedError
from constructs_lib.analysis.engine.smtlib import script

if TYPE_CHECKING:
    from types import TracebackType

    from constructs_lib.analysis.engine.obligations import Obligation

_WORKER: Final = Path(__file__).with_name("cvc5_worker.py")
"""Run as a file: as a module it would import the whole analysis first."""


def is_installed() -> bool:
    """Return whether the extra `proof` is installed."""
    return importlib.util.find_spec("cvc5") is not None


class Cvc5:
    """cvc5 as a second engine; a context manager that ends its process.

    Args:
        seconds: The time limit for one obligation. cvc5's own limit does not work in every theory (measured: 159 s
            despite 10), so the process is killed instead.
    """

    name = "cvc5"

    def __init__(self, *, seconds: float = 10) -> None:
        """Prepare the engine; the process starts with the first obligation."""
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._known: dict[Question, Decision] = {}

    @property
    def calls(self) -> int:
        """The number of distinct questions; equal questions are answered once."""
        return len(self._known)

    def decide(self, obligation: Obligation) -> Decision:
        """Decide one obligation; undecided if it exceeds the time limit or cannot be expressed."""
        question = Question(obligation)
        if question not in self._known:
            answers = map(self._decide, each_call(obligation))
            open_ones = (each for each in answers if each.answer is not Answer.PROVED)
            self._known[question] = next(open_ones, Decision(answer=Answer.PROVED))
        return self._known[question]

    def _decide(self, obligation: Obligation) -> Decision:
        try:
            text = script(obligation)
        except UnsupportedError as error:
            return Decision(answer=Answer.UNDECIDED, reason=f"not expressed: {error}")
        reply = self._ask(text)
        if reply == "unsat":
            return Decision(answer=Answer.PROVED)
        if reply == "sat":
            return Decision(answer=Answer.COUNTEREXAMPLE, reason="satisfiable")
        return Decision(answer=Answer.UNDECIDED, reason=reply)

    def __enter__(self) -> Self:
        """Return this engine."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._end()

    def _ask(self, text: str) -> str:
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - PIPE was asked for
        try:
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            return self._answers.get(timeout=self._seconds)
        except queue.Empty:
            self._end()
            return f"no answer in {self._seconds:g} s"
        except BrokenPipeError:
            self._end()
            return "the solver's process ended"

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        answers: queue.Queue[str] = queue.Queue()
        self._process, self._answers = process, answers

        def listen() -> None:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            for line in process.stdout:
                answers.put(line.strip())
            answers.put("the solver's process ended")

        threading.Thread(target=listen, daemon=True).start()
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process = None
