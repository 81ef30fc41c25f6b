"""`cognito-app messages`: the e-mails and SMS that the local cloud would have sent to users."""

from dataclasses import asdict
from typing import Final

import click
from rich.table import Table

from constructs_lib.cli.console import out
from constructs_lib.cli.running_cloud import running_cloud
from constructs_lib.cli.template_options import write_json

SCHEMA: Final = "cognito-app/messages/1"


@click.command()
@click.argument("address", default="")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(*, address: str, shape: str) -> int:
    """Show the messages to ADDRESS, an e-mail address or phone number; without one, all messages."""
    with running_cloud() as cloud:
        found = cloud.mailbox.letters(address)
    if shape == "json":
        write_json({"schema": SCHEMA, "messages": [asdict(each) for each in found]})
        return 0
    table = Table("to", "subject", "text")
    for each in found:
        table.add_row(each.to, each.subject, each.body)
    out.print(table if found else "Nothing was sent.")
    return 0
