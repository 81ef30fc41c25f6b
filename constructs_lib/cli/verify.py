"""`cognito-app verify`: checks this library's assumptions about AWS on an account, or on the local cloud."""

from __future__ import annotations

import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from constructs_lib.cli.console import err, out, steps
from constructs_lib.cli.template_options import write_json
from constructs_lib.cli.verify_files import Files, play
from constructs_lib.cli.verify_place import is_interactive, open_place, require_consent
from constructs_lib.local import LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

    from constructs_lib.cli.verify_place import Place
    from constructs_lib.verify import Run
    from constructs_lib.verify.sweep import Swept

_LEVELS: Final = ("0", "1", "2")
_GOES_WITH: Final = {
    "replay": {"shape"},
    "only_sweep": {"local", "account", "region", "profile", "run_id"},
    "local": {"level", "costly", "only_sweep", "run_id", "record", "reports", "shape"},
}
"""Options that can be combined with an option; an option without an entry can be combined with every other option."""


@click.command()
@click.option("--local", is_flag=True, help="Check the local cloud of this folder; one is started if none runs.")
@click.option("--account", metavar="ID", help="The account ID, as confirmation. Default: a prompt.")
@click.option("--region", metavar="REGION", help="The region, as confirmation. Default: a prompt.")
@click.option("--profile", metavar="NAME", help="The profile of your AWS configuration. Default: that of the AWS CLI.")
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    default="2",
    show_default=True,
    help="The last level: 0 creates nothing, 1 creates a temporary stack, 2 updates it and makes an update fail.",
)
@click.option("--costly", is_flag=True, help="Also run checks that take long, or may cost more than the plan states.")
@click.option("--sweep", "only_sweep", is_flag=True, help="Only remove the resources of earlier runs.")
@click.option(
    "--run", "run_id", metavar="ID", help="With --sweep: the run to remove. Default: all that were started here."
)
@click.option("--record", metavar="FILE", help="Write every call and response to FILE, without account identifiers.")
@click.option("--report", "reports", multiple=True, metavar="FILE", help="Write a report: .html or .md. Repeatable.")
@click.option("--replay", metavar="FILE", help="Only replay a recording on a local cloud, and compare the responses.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(
    *,
    local: bool,
    account: str | None,
    region: str | None,
    profile: str | None,
    level: str,
    costly: bool,
    only_sweep: bool,
    run_id: str | None,
    record: str | None,
    reports: tuple[str, ...],
    replay: str | None,
    shape: str,
) -> int:
    """Check this library's assumptions about AWS on an account, and remove all resources of the run.

    Creates nothing before the account ID and the region are confirmed, at a prompt or by --account and --region. First
    prints a plan: the resources, their duration and maximum cost, and missing permissions. Exits with status 2 if
    anything differs, and with 4 if resources remain, which a second run, or --sweep, removes.
    """
    _check_options()
    if replay is not None:
        return play(Path(replay), shape)
    files = Files.of(record, reports)
    # Sweep on SIGTERM, too, which a cancelled CI job receives.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with open_place(local=local, profile=profile) as place:
            if only_sweep:
                require_consent(place, account, region)
                return _sweep_only(place, run_id)
            return _verify(
                place,
                account=account,
                region=region,
                level=int(level),
                costly=costly,
                shape=shape,
                files=files,
            )
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error


def _check_options() -> None:
    """Refuse an option that has no effect with the others, so that none is ignored."""
    context = click.get_current_context()
    flags = {name: option.opts[0] for option in context.command.params if (name := option.name) is not None}
    given = [name for name in flags if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if "run_id" in given and "only_sweep" not in given:
        raise click.UsageError("--run has no effect without --sweep; add --sweep")
    for name, partners in _GOES_WITH.items():
        strangers = [flags[each] for each in given if each != name and each not in partners]
        if name in given and strangers:
            raise click.UsageError(f"{flags[name]} cannot be combined with {', '.join(strangers)}; remove one of them")


def _verify(
    place: Place, *, account: str | None, region: str | None, level: int, costly: bool, shape: str, files: Files
) -> int:
    from constructs_lib.verify import Context, Run, all_checks
    from constructs_lib.verify.journal import Journal
    from constructs_lib.verify.plan import Plan
    from constructs_lib.verify.report import as_json, text_lines
    from constructs_lib.verify.synthesis import SynthesisError, synthesize
    from constructs_lib.verify.verify import verify

    if account is not None or not is_interactive():
        # Without a prompt, the confirmation can be refused before the plan.
        require_consent(place, account, region)
    identity = place.identity
    run = Run.begin(account=identity.account, region=identity.region, partition=identity.partition, local=place.local)
    checks = [check for check in all_checks() if check.level <= level]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cognito-verify-") as folder:
        assembly = Path(folder, "cdk.out")
        with steps(begun) as say:
            say("synthesizing the app")
            try:
                templates = synthesize(run, assembly)
            except SynthesisError as error:
                raise click.ClickException(str(error)) from error
            rights = _rights(place, run, templates, say)
        plan = Plan.of(run, checks, templates, rights, costly=costly)
        _show_plan(plan)
        require_consent(place, account, region)
        with steps(begun) as say:
            earlier = _print_swept(_sweep_earlier(place, say), err)
            recorder = files.recorder(place.session, run, assembly, place.endpoint_url, identity.names)
            context = Context(
                run=run,
                session=place.session,
                endpoint_url=place.endpoint_url,
                templates=templates,
                assembly=assembly,
                journal=Journal.begin(place.journals, run),
                say=say,
                stack=run.prefix,
                costly=costly,
                recorder=recorder.users if recorder else None,
            )
            result = verify(context, checks)
    if shape == "json":
        write_json(as_json(result))
    else:
        _print(text_lines(result), out)
    files.write(result, plan, checks, recorder)
    # Resources of an earlier run still exist.
    return earlier or result.status


def _rights(place: Place, run: Run, templates: dict[str, dict[str, Any]], say: Callable[[str], None]) -> Any:
    if place.local:
        return None
    say("looking up the rights that the run needs")
    from constructs_lib.verify.rights import rights

    return rights(place.session, place.identity, run, templates)


def _show_plan(plan: Any) -> None:
    for line in plan.lines():
        err.print(line, soft_wrap=True)
    if plan.rights is not None and plan.rights.denied:
        raise click.ClickException("rights are missing, and no resource was created; use a role that has them")


def _sweep_only(place: Place, run_id: str | None) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.cli.main import COULD_NOT_RUN
    from constructs_lib.verify.leftovers import other_runs
    from constructs_lib.verify.resource_kind import sweep_command

    with steps(time.monotonic()) as say:
        say("looking up resources of earlier runs")
        swept = _sweep_earlier(place, say, run_id)
    # After the spinner's end: both write to the terminal.
    status = _print_swept(swept, out)
    try:
        others = other_runs(place.session, place.identity, local=place.local)
    except (BotoCoreError, ClientError) as error:
        err.print(f"Resources of other runs could not be looked up: {error}", soft_wrap=True)
        return status or COULD_NOT_RUN
    for other in others:
        command = sweep_command(other, place.session)
        out.print(
            f"Run {other.run_id} was not started here, or is in progress. If it has ended: {command}",
            soft_wrap=True,
        )
    return status


def _sweep_earlier(place: Place, say: Callable[[str], None], run_id: str | None = None) -> Sequence[tuple[Run, Swept]]:
    """Remove the resources of runs that were started here, or of one run from anywhere; return each result."""
    from constructs_lib.verify.leftovers import sweep_runs

    return list(sweep_runs(place.session, place.identity, place.journals, run_id, local=place.local, say=say))


def _print_swept(results: Sequence[tuple[Run, Swept]], into: Console) -> int:
    """Print what was removed and what remains, and return the exit status."""
    from constructs_lib.verify.report import left_lines
    from constructs_lib.verify.result import AGREED, LEFT_BEHIND

    for run, swept in results:
        into.print(f"Run {run.run_id}: {len(swept.removed)} removed, {len(swept.left)} remain.", soft_wrap=True)
        _print(left_lines(swept.left), into)
    return LEFT_BEHIND if any(swept.left for _, swept in results) else AGREED


def _print(lines: Iterable[str], into: Console) -> None:
    for line in lines:
        into.print(line, soft_wrap=True)
