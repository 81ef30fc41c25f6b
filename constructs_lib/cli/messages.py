"""`cognito-app messages`: the e-mails and SMS that users of the local cloud would have got."""

import click
from rich.table import Table

from constructs_lib.cli.console import out
from constructs_lib.local import LocalCloud, LocalCloudError


@click.command()
@click.argument("address", default="")
def command(*, address: str) -> int:
    """Show what was sent to ADDRESS, an e-mail address or phone number; without one, everything."""
    try:
        cloud = LocalCloud.attach()
        if cloud is None:
            raise click.ClickException("no local cloud runs for this folder; `cognito-app up` starts one")
        found = cloud.mailbox.letters(address)
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error
    table = Table("to", "subject", "text")
    for each in found:
        table.add_row(each.to, each.subject, each.body)
    out.print(table if found else "Nothing was sent.")
    return 0
