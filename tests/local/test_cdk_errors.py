"""Displayed errors of a failed CDK command."""

from constructs_lib.local.cdk_errors import last_lines

TRACEBACK = """\
Traceback (most recent call last):
  File "/home/me/app.py", line 9, in <module>
    AppStack(app, "App")
  File "/home/me/.venv/lib/python3.11/site-packages/jsii/_runtime.py", line 135, in __call__
    inst = super(JSIIMeta, cast(JSIIMeta, cls)).__call__(*args, **kwargs)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/home/me/stack.py", line 33, in __init__
    documents = Storage(
                ^^^^^^^^
  File "/home/me/.venv/lib/python3.11/site-packages/constructs_lib/access/folders.py", line 155, in parse
    check(folders)
  File "/home/me/.venv/lib/python3.11/site-packages/constructs_lib/access/checks.py", line 88, in check
    raise ValueError(
ValueError: the rule opens every folder
python app.py: Subprocess exited with error 1"""


def report(errors: int) -> list[str]:
    findings = [f"ERROR finding {number}\n   its construct\n   Suggested fix\n" for number in range(errors)]
    return "\n".join([*findings, "WARNING a hint\n   of it\n", "Synthesis finished with errors"]).splitlines()


def test_of_a_validation_report_every_error_is_told_from_the_first_and_no_warning() -> None:
    told = last_lines(report(20))
    assert told[:3] == ["ERROR finding 0", "   its construct", "   Suggested fix"]
    assert sum(line.startswith("ERROR ") for line in told) == 20
    assert not [line for line in told if "a hint" in line or "of it" in line]
    assert last_lines(report(23))[-1] == "... and 3 more errors"


def test_what_an_app_logs_before_it_fails_does_not_hide_why() -> None:
    told = last_lines(["ERROR of the app's own log", "", *["frame"] * 30, "ValueError: why"])
    assert told[-1] == "ValueError: why"
    assert "ERROR of the app's own log" not in told


def test_a_traceback_has_the_authors_lines_and_the_one_that_raised() -> None:
    told = last_lines(TRACEBACK.splitlines())
    frames = [line.split('"')[1].rpartition("/")[2] for line in told if line.startswith("  File ")]
    assert frames == ["app.py", "stack.py", "checks.py"]
    assert "    documents = Storage(" in told
    assert "    raise ValueError(" in told
    assert not [line for line in told if "JSIIMeta" in line or "^" * 20 in line]
    assert told[-2:] == ["ValueError: the rule opens every folder", "python app.py: Subprocess exited with error 1"]
