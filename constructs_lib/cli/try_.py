"""`cognito-app try`: the story, live, on the local cloud."""

import time
from collections.abc import Mapping
from typing import Final

import click

from constructs_lib.cli.console import err, out
from constructs_lib.cli.reading import model_of, read_templates
from constructs_lib.client import ClientSettings
from constructs_lib.client.settings import choose_stack
from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.story import play

SURPRISED: Final = 1
"""The exit status when a call did not end as it should: then something is wrong with the app's isolation."""


@click.command()
@click.argument("stack", required=False)
@click.option("--coverage", is_flag=True, help="Then show which statements of the policies these calls have used.")
def command(stack: str | None, *, coverage: bool) -> int:
    """Show live what a guest, Alice, Bob and an editor can and cannot do; with tenants, everybody of two of them.

    Makes more than a hundred real calls against STACK on the local cloud, by default its only stack with a user pool
    and an identity pool. Ends with 1 when any call did not end as it should. Can be run again and again.
    """
    try:
        cloud = LocalCloud.attach()
        if cloud is None:
            raise click.ClickException("no local cloud runs in this folder: start one with `cognito-app up`")
        started = time.time()
        status = run_story(cloud.outputs(), cloud, stack=stack)
        if coverage:
            _show_coverage(cloud, started)
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error
    return status


def run_story(outputs: Mapping[str, Mapping[str, str]], cloud: LocalCloud, *, stack: str | None = None) -> int:
    """Play the story against a deployed app and print every call.

    Args:
        outputs: Stack name -> output key -> value, as `cdk deploy --outputs-file` writes it.
        cloud: The local cloud the app runs on.
        stack: The stack that holds the app. By default the only one with a user pool and an identity pool.

    Returns:
        0 when every call ended as it should, 1 otherwise.

    Raises:
        click.ClickException: The outputs name no app the story can be played on.
    """
    try:
        settings = ClientSettings.from_stack(choose_stack(outputs, stack)[1])
        verdicts = play(settings, endpoint_url=cloud.endpoint_url, admin=cloud.session(), console=out)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    surprises = [verdict for verdict in verdicts if not verdict.as_expected]
    out.print(f"\n{len(verdicts)} calls, {len(surprises)} surprises")
    for verdict in surprises:
        row = verdict.row
        err.print(f"surprise: {row.who} {row.what}: expected {row.expected}, got {verdict.got}", style="bold red")
    return SURPRISED if surprises else 0


def _show_coverage(cloud: LocalCloud, started: float) -> None:
    from constructs_lib.explain.coverage import coverage  # noqa: PLC0415 - needed with --coverage alone
    from constructs_lib.explain.coverage_report import as_text  # noqa: PLC0415
    from constructs_lib.explain.recorded import explain_recorded, read_log  # noqa: PLC0415
    from constructs_lib.explain.sources import Lines  # noqa: PLC0415
    from constructs_lib.local.deployed import deployed_resources, physical_ids  # noqa: PLC0415

    models = model_of(read_templates([str(cloud.folder / "cdk.out")]), ())
    stacks = physical_ids(deployed_resources(cloud))
    calls = [each for each in read_log(cloud.requests) if each["time"] >= started]
    out.print(as_text(coverage(models, [explain_recorded(each, models, stacks, Lines()) for each in calls])))
