"""`cognito-app try`: the story, live, on the local cloud."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import click

from constructs_lib.cli.console import err, out
from constructs_lib.cli.running_cloud import running_cloud
from constructs_lib.cli.template_options import model_of, read_templates, write_json
from constructs_lib.client import ClientSettings
from constructs_lib.client.settings import choose_stack
from constructs_lib.story import play

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from constructs_lib.explain.coverage import Coverage
    from constructs_lib.local import LocalCloud
    from constructs_lib.story import Verdict

SCHEMA: Final = "cognito-app/try/1"
UNEXPECTED: Final = 1
"""The exit status if a call has an unexpected result: the app's isolation is then in doubt."""


@click.command()
@click.argument("stack", required=False)
@click.option("--coverage", "with_coverage", is_flag=True, help="Also show which statements these calls have used.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(stack: str | None, *, with_coverage: bool, shape: str) -> int:
    """Show live what a guest, Alice, Bob and an editor can and cannot do; with tenants, all users of two tenants.

    Makes more than a hundred real calls against STACK on the local cloud, by default its only stack with a user pool
    and an identity pool. The stack needs a group `editors`; the chapters are about folders `public/` and
    `private/{owner}/`, a table of notes and an API of shares, as in the template `documents`, and those that the stack
    does not have are left out. For an app with channels only, it shows publications to them. Exits with 1 if any call
    has an unexpected result. It can be repeated. With --format json the calls are shown on standard error as they
    happen.
    """
    with running_cloud() as cloud:
        started = time.time()
        verdicts = play_story(cloud.outputs(), cloud, stack=stack, console=err if shape == "json" else out)
        used = _coverage(cloud, started) if with_coverage else None
    if shape == "json":
        write_json(as_json(verdicts, used))
        return status_of(verdicts)
    status = print_summary(verdicts)
    if used is not None:
        from constructs_lib.analysis.report.printable import printable
        from constructs_lib.explain.coverage_report import as_text

        out.print(as_text(printable(used)))
    return status


def run_story(outputs: Mapping[str, Mapping[str, str]], cloud: LocalCloud, *, stack: str | None = None) -> int:
    """Run the story against a deployed app, and print every call and its result.

    Args:
        outputs: Stack name -> output key -> value, as `cdk deploy --outputs-file` writes it.
        cloud: The local cloud the app runs on.
        stack: The stack of the app. By default the only one with a user pool and an identity pool.

    Returns:
        0 if every call has the expected result, 1 otherwise.

    Raises:
        click.ClickException: The outputs name no app that the story supports.
    """
    return print_summary(play_story(outputs, cloud, stack=stack, console=out))


def play_story(
    outputs: Mapping[str, Mapping[str, str]], cloud: LocalCloud, *, stack: str | None, console: Console
) -> list[Verdict]:
    """Run the story against a deployed app; arguments and errors as in `run_story`.

    Returns:
        The result of each call.
    """
    try:
        settings = ClientSettings.from_stack(choose_stack(outputs, stack)[1])
        return play(settings, endpoint_url=cloud.endpoint_url, admin=cloud.session(), console=console)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def print_summary(verdicts: Sequence[Verdict]) -> int:
    """Print the number of calls and the unexpected results; return the exit status."""
    unexpected = [verdict for verdict in verdicts if not verdict.as_expected]
    out.print(f"\n{len(verdicts)} calls, {len(unexpected)} unexpected result{'' if len(unexpected) == 1 else 's'}")
    for verdict in unexpected:
        row = verdict.row
        err.print(f"unexpected: {row.who} {row.what}: expected {row.expected}, got {verdict.got}", style="bold red")
    return status_of(verdicts)


def status_of(verdicts: Sequence[Verdict]) -> int:
    """Return the exit status for the results of the calls."""
    return 0 if all(verdict.as_expected for verdict in verdicts) else UNEXPECTED


def as_json(verdicts: Sequence[Verdict], used: Coverage | None) -> dict[str, Any]:
    """Return every call and its result as plain data."""
    from constructs_lib.explain import coverage_report

    calls = [
        {
            "who": each.row.who,
            "what": each.row.what,
            "expected": each.row.expected.value,
            "got": each.got,
            "as_expected": each.as_expected,
        }
        for each in verdicts
    ]
    unexpected = sum(not each.as_expected for each in verdicts)
    coverage_json = None if used is None else coverage_report.as_json(used)
    return {"schema": SCHEMA, "calls": calls, "unexpected": unexpected, "coverage": coverage_json}


def _coverage(cloud: LocalCloud, started: float) -> Coverage:
    from constructs_lib.explain.coverage import coverage
    from constructs_lib.explain.recorded_calls import explain_recorded, read_log
    from constructs_lib.explain.sources import Lines
    from constructs_lib.local.deployed import deployed_resources, physical_ids

    models = model_of(read_templates([str(each) for each in sorted(cloud.templates.iterdir())]), ())
    stacks = physical_ids(deployed_resources(cloud))
    calls = [each for each in read_log(cloud.requests) if each["time"] >= started]
    return coverage(models, [explain_recorded(each, models, stacks, Lines()) for each in calls])
