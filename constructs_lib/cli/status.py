"""`cognito-app status`: the running local cloud, its stacks, and their differences from AWS."""

import shlex
from dataclasses import asdict
from typing import Any, Final

import click
from rich.table import Table

from constructs_lib.cli.console import out
from constructs_lib.cli.running_cloud import running_cloud
from constructs_lib.cli.template_options import write_json
from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.local.differences import differences

SCHEMA: Final = "cognito-app/status/1"


@click.command()
@click.option("--format", "shape", type=click.Choice(["table", "json", "env"]), default="table", show_default=True)
def command(*, shape: str) -> int:
    """Show the local cloud of this folder and the stacks on it.

    With --format env: shell lines that direct AWS tools to this cloud, with its administrator's keys, as in `eval
    "$(cognito-app status --format env)"`.
    """
    try:
        if shape == "env":
            _print_environment()
            return 0
        found = describe()
        cloud = LocalCloud.attach()
        types = cloud.types() if cloud is not None and shape == "table" else set()
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error
    if shape == "json":
        write_json({"schema": SCHEMA, **found})
    elif not found["running"]:
        out.print("No local cloud runs for this folder; `cognito-app up` starts one.")
    else:
        _print(found, types)
    return 0


def _print_environment() -> None:
    with running_cloud() as cloud:
        environment = cloud.environment()
    for name, value in environment.items():
        if name.startswith("AWS_"):
            click.echo(f"export {name}={shlex.quote(value)}")


def describe() -> dict[str, Any]:
    """Return the status as plain data.

    Raises:
        LocalCloudError: If the cloud stops responding.
    """
    cloud = LocalCloud.attach()
    if cloud is None:
        return {"running": False}
    health = cloud.health()
    return {
        "running": True,
        "pid": cloud.pid,
        "endpoint": cloud.endpoint_url,
        "tls_endpoint": cloud.tls_endpoint_url,
        "ca_file": str(cloud.ca_file),
        "region": cloud.region,
        "account": cloud.account,
        "state": str(cloud.state) if cloud.state else None,
        "ministack": health["ministack"],
        "overrides": health["overrides"],
        "accepted_but_not_emulated": health["accepted_but_not_emulated"],
        "stacks": {stack["StackName"]: stack["StackStatus"] for stack in cloud.stacks()},
        "outputs": cloud.outputs(),
        "differs_from_aws": [asdict(each) | {"concerns": sorted(each.concerns)} for each in differences(cloud.types())],
    }


def _print(found: dict[str, Any], types: set[str]) -> None:
    table = Table(show_header=False, title="Local cloud", title_justify="left")
    for name in ("endpoint", "tls_endpoint", "ca_file", "region", "account", "pid"):
        table.add_row(name.replace("_", " "), str(found[name]))
    table.add_row("state", found["state"] or "not kept")
    table.add_row("MiniStack", f"{found['ministack']} with {len(found['overrides'])} overrides")
    out.print(table)
    stacks = Table("stack", "status", title="Stacks", title_justify="left")
    for name, status in found["stacks"].items():
        stacks.add_row(name, status)
    out.print(stacks)
    for name, outputs in found["outputs"].items():
        values = Table(show_header=False, title=f"Outputs of {name}", title_justify="left")
        for key, value in outputs.items():
            values.add_row(key, value)
        out.print(values)
    if ignored := sorted(types.intersection(found["accepted_but_not_emulated"])):
        out.print(f"Accepted but not emulated, of the types in these stacks: {', '.join(ignored)}")
    differing = Table("area", "here", "more permissive than AWS", title="Differences from AWS", title_justify="left")
    for each in found["differs_from_aws"]:
        differing.add_row(each["area"], each["here"], "yes" if each["kinder"] else "no")
    out.print(differing)
