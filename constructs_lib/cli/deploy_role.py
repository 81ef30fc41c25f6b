"""`cognito-app deploy-role`: the minimal policies to deploy templates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from constructs_lib.cli.template_options import read_templates, write_json, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from constructs_lib.permissions import DeployPolicy

_PARTITIONS: Final = {
    r"(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d": ("aws", "amazonaws.com"),
    r"cn-[a-z]+-\d": ("aws-cn", "amazonaws.com.cn"),
    r"us-gov-[a-z]+-\d": ("aws-us-gov", "amazonaws.com"),
}
"""The name of a partition and the domain of its services, by its regions (`partitions.json` of botocore)."""
SCHEMA: Final = "cognito-app/deploy-role/1"
_BOUNDARY: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}|aws):policy/\S+")


@click.command()
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@click.option("--account", required=True, metavar="ID", help="The account that the stacks are deployed to, 12 digits.")
@click.option(
    "--region",
    required=True,
    metavar="REGION",
    help="The region that the stacks are deployed to, such as eu-central-1.",
)
@click.option(
    "--boundary",
    default="",
    metavar="ARN",
    help="A managed policy that every role of the stacks must have as its permissions boundary "
    "(`@aws-cdk/core:permissionsBoundary` in cdk.json). Default: none; the stacks can create roles with any "
    "permission.",
)
@click.option(
    "--without", multiple=True, metavar="TYPE", help="Omit a resource type, such as AWS::SNS::Topic. Repeatable."
)
@click.option(
    "--into",
    "folder",
    default="",
    metavar="FOLDER",
    help="Write each policy to a file in this folder. Default: a summary on standard output.",
)
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(
    templates: tuple[str, ...],
    *,
    account: str,
    region: str,
    boundary: str,
    without: tuple[str, ...],
    folder: str,
    shape: str,
) -> int:
    """Write the minimal IAM policies with which CloudFormation can deploy templates.

    They allow only the actions of the handlers of the templates' resource types, on names that the stacks can have.
    Give them to the CDK's execution role: create each as a managed policy, then bootstrap with
    --cloudformation-execution-policies. TEMPLATE is a file, a cdk.out folder or stack:NAME.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise click.ClickException(f"--account {account!r} is not an account ID; write its 12 digits")
    partition = next((each for regions, each in _PARTITIONS.items() if re.fullmatch(regions, region)), None)
    if partition is None:
        raise click.ClickException(f"--region {region!r} is not a known region; write one such as eu-central-1")
    if boundary and not _BOUNDARY.fullmatch(boundary):
        raise click.ClickException(
            f"--boundary {boundary!r} is not the ARN of a policy; write arn:aws:iam::{account}:policy/NAME"
        )
    from constructs_lib.permissions import Where, deploy_policy

    where = Where(account=account, region=region, partition=partition[0], suffix=partition[1])
    try:
        policy = deploy_policy(read_templates(templates), where, boundary=boundary, without=without)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    files = _written(policy, folder) if folder else []
    if shape == "json":
        omitted = [{"action": each.action, "type": each.type, "why": each.why} for each in policy.omitted]
        write_json(
            {
                "schema": SCHEMA,
                "policies": list(policy.documents),
                "types": list(policy.types),
                "omitted": omitted,
            }
        )
    else:
        write_text(_summary(policy, files, account=account, bounded=bool(boundary)))
    return 0


def _written(policy: DeployPolicy, folder: str) -> list[Path]:
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    files = [place / f"deploy-{number}.json" for number in range(1, len(policy.documents) + 1)]
    for file, document in zip(files, policy.documents, strict=True):
        file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return files


def _summary(policy: DeployPolicy, files: Sequence[Path], *, account: str, bounded: bool) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    together: dict[tuple[str, str], list[str]] = {}
    for each in policy.omitted:
        together.setdefault((each.type, each.why), []).append(each.action)
    table = Table(
        "Resource type", "Omitted actions", "Reason", title="What handlers could call, and these templates do not need"
    )
    for (kind, why), actions in sorted(together.items()):
        table.add_row(kind, ", ".join(actions), why)
    lengths = " and ".join(f"{length:,}" for length in policy.lengths)
    lines = [
        f"{len(policy.actions)} actions for {len(policy.types)} resource types, in policies of {lengths} characters."
    ]
    if not bounded:
        lines.append("CloudFormation can then create roles with any permission; limit them with --boundary.")
    if files:
        names = ",".join(f"arn:aws:iam::{account}:policy/{file.stem}" for file in files)
        made = "\n".join(
            f"  aws iam create-policy --policy-name {file.stem} --policy-document file://{file}" for file in files
        )
        lines.append(f"Next:\n{made}\n  cdk bootstrap --cloudformation-execution-policies {names}")
    else:
        lines.append("--into FOLDER writes the policies, --format json prints them.")
    return Group(table, Text("\n".join(lines))) if policy.omitted else Text("\n".join(lines))
