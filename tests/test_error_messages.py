"""Every error that a user of the library can see has one form: `PROBLEM; REMEDY`, in the terms of AWS and the CDK."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.error_form import DIALECT, begins_with_a_remedy
from tests.error_texts import HOLE, Module, Raised

ROOT: Final = Path(__file__).parents[1]
LIBRARY: Final = ROOT / "constructs_lib"
ELSEWHERE: Final = {
    "analysis": "errors about templates, which name the template's place and have no option to write",
    "console": "a page of the local cloud, which answers requests",
    "explain": "answers to questions about a template",
    "local/emulator": "the local cloud answers with AWS's own errors",
    "managed_policies": "data of AWS",
    "story": "tells what a deployed app does",
    "verify": "differences that a run has found",
}
"""Packages whose errors have another form."""
KINDS: Final = {
    "AttributeError": "Python's own words for a name that a module lacks",
    "Forbidden": "a refused request: the text goes to the service's log, and its remedy is the caller's",
    "KeysUnavailable": "the same",
    "TypeMismatch": "never seen: argument_checks makes the message of it",
    "Refused": "a refused request: the text goes to the service's log, and its remedy is the caller's",
    "UntriedError": "the reason in a report of a replay, not an error",
    "_answered": "an HTTP answer",
}
"""Errors of another form, by class."""
PASSED_ON: Final = "str(error)"
"""The text of another error, which has the form where it is raised."""
OTHERS: Final = {
    (
        "any_service/statement_compiler.py",
        "without_tokens(str(error))",
    ): "an error of the module, with names for tokens",
    ("argument_checks.py", "f'{name}: {error}'"): "Python's own words about a call",
    ("channel_handlers.py", "row"): "caught in the module",
    ("cli/outputs.py", "f'{path}: {error}'"): "an error of the client's settings with the file before it",
    ("cli/template_options.py", "f'--claim: {error}'"): "an error of the analysis with the option before it",
    (
        "cli/up.py",
        "f'{error}\\n\\n{_what_remains(failed=deploying)}'",
    ): "an error of the local cloud, with what still runs",
    ("local/cloud_deployment.py", "{failure_reasons("): "an error of the deployment, with CloudFormation's reasons",
    ("local/deployment.py", "process.returncode"): "the output of the CDK command line",
    ("local/emulator_lifecycle.py", "{last_line}"): "the emulator's reason, which has a remedy",
    ("local/toolchain.py", "{failed}"): "an argument `failed=`, which has the form, with the tool's output",
    ("resource_cycles.py", "self._remedies[remedy]"): "a remedy of `_REMEDIES`, which are held to the form themselves",
    (
        "resource_limits.py",
        "{fault}; {remedy}",
    ): "a remedy of an argument `write=`, which are held to the form themselves",
    ("stack_cycles.py", "self._message("): "a remedy of `_REMEDIES`, which are held to the form themselves",
    ("stack_cycles.py", "a circular dependency between stacks"): "the same message, where it is made",
    ("testing/access.py", "'\\n'.join"): "a report with a line for each claim that does not hold",
    ("testing/isolation.py", "'\\n'.join"): "the verdict of a proof, with a line for each finding",
    ("testing/ledger.py", "'\\n'.join"): "a report with a line for each resource, and the command at its end",
    ("verified/balancer_keys.py", "'the response is not a public key on the curve P-256'"): "caught in the module",
    ("verified/pool_keys.py", "'the response is not a JWKS document'"): "caught in the module",
    ("verified/pool_keys.py", "'the JWKS document has no RSA signing keys'"): "caught in the module",
}
"""Messages of another form, or with a remedy of another module, by file and a part of their source."""


def _files() -> Iterator[Path]:
    left_out = [LIBRARY / name for name in ELSEWHERE]
    for path in sorted(LIBRARY.rglob("*.py")):
        if not any(path.is_relative_to(each) for each in left_out):
            yield path
    yield from sorted((ROOT / "stacks").rglob("*.py"))


@cache
def _messages() -> tuple[tuple[str, Raised], ...]:
    read = {path: Module(path) for path in _files()}
    return tuple(
        (path.relative_to(LIBRARY if path.is_relative_to(LIBRARY) else ROOT).as_posix(), each)
        for path, module in read.items()
        for each in (*module.raised(), *module.validated())
    )


def _has_form(text: str) -> bool:
    problem, semicolon, remedy = text.partition("; ")
    return bool(problem) and bool(semicolon) and "; " not in remedy and begins_with_a_remedy(remedy)


def _exception(file: str, raised: Raised) -> tuple[str, str] | None:
    """Return which exception a message is, if it is one."""
    return next((each for each in OTHERS if each[0] == file and each[1] in raised.source), None)


def test_every_error_says_a_problem_and_then_its_remedy() -> None:
    wrong = [
        f"{file}:{raised.line}: {text}"
        for file, raised in _messages()
        if raised.kind not in KINDS and raised.source != PASSED_ON
        for text in raised.texts
        if not _has_form(text) and _exception(file, raised) is None
    ]
    assert wrong == []


def test_each_exception_to_the_form_is_still_one() -> None:
    used = {
        found
        for file, raised in _messages()
        for text in raised.texts
        if not _has_form(text) and (found := _exception(file, raised))
    }
    assert used == set(OTHERS)
    assert {raised.kind for _, raised in _messages()} >= set(KINDS)
    assert all((LIBRARY / name).is_dir() for name in ELSEWHERE)


def test_each_remedy_that_another_module_puts_into_its_message_begins_with_a_verb() -> None:
    found = [(path, each) for path in _files() for each in Module(path).remedies()]
    assert len(found) > 20
    wrong = [f"{path}:{each.line}: {text}" for path, each in found for text in each.texts if not _is_remedy(text)]
    assert wrong == []


def _is_remedy(text: str) -> bool:
    return begins_with_a_remedy(text) and "; " not in text and not DIALECT.search(text)


def test_no_error_has_a_word_of_the_dialect() -> None:
    wrong = [
        f"{file}:{raised.line}: {found[0]!r} in {text}"
        for file, raised in _messages()
        for text in raised.texts
        if (found := DIALECT.search(text))
    ]
    assert wrong == []


def test_the_messages_of_the_whole_library_are_read() -> None:
    """A reader that finds less than there is would hold less to the form."""
    assert len(_messages()) > 650
    opaque = [raised for _, raised in _messages() if set(raised.texts) == {HOLE} and raised.source != PASSED_ON]
    assert len([each for each in opaque if each.kind not in KINDS]) <= 6


WRONG: Final[dict[str, str]] = {
    "no remedy": "raise ValueError(f'port={port} is not a port')",
    "a remedy without a verb": "raise ValueError(f'port={port} is not a port; 1 to 65,535')",
    "a colon": "raise ValueError(f'port={port} is not a port: write one')",
    "two remedies": "raise ValueError(f'port={port} is not a port; write one; or remove it')",
    "a remedy alone": "raise ValueError('; write a port')",
    "one branch": "raise ValueError('a is b; write c' if x else 'a is b')",
    "a variable": "text = 'a is b'\n    raise ValueError(text)",
    "a remedy in a variable": "remedy = 'write c' if x else 'c'\n    raise ValueError(f'a is b; {remedy}')",
    "an unknown remedy": "raise ValueError(f'a is b; {x}')",
    "a method": "raise ValueError(_message(x))\n\ndef _message(x):\n    return f'{x} is b'",
    "a maker of errors": "raise _bad('a', 'b')\n\ndef _bad(x, why):\n    return ValueError(f'{x} is {why}')",
    "a sum": "raise ValueError('a is b' + f' and {x} is c')",
    "a walrus": "if fault := _fault(x):\n        raise ValueError(f'{x} {fault}')\n\ndef _fault(x):\n    return 'is b'",
    "an error of click": "raise click.ClickException('no stack')",
}


@pytest.mark.parametrize("name", WRONG)
def test_an_error_of_another_form_is_found(name: str, tmp_path: Path) -> None:
    assert _found(f"def f(x, port):\n    {WRONG[name]}\n", tmp_path, _has_form)


@pytest.mark.parametrize(
    "text",
    [
        "nobody can call it; add access=[anyone]",
        "it is no port; write one",
        "a waits for b; say c",
        "a is told b; use c",
    ],
)
def test_a_word_of_the_dialect_is_found(text: str, tmp_path: Path) -> None:
    assert _found(f"raise ValueError({text!r})\n", tmp_path, lambda each: not DIALECT.search(each))


def _found(source: str, folder: Path, is_right: Callable[[str], bool]) -> bool:
    path = folder / "module.py"
    path.write_text(source, encoding="utf-8")
    return any(not is_right(text) for raised in Module(path).raised() for text in raised.texts)
