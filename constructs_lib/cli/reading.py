"""What the commands about templates share: reading them, and writing results."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from constructs_lib.analysis.template.templates import Template

__all__ = ["read_templates", "write_json", "write_text"]


def read_templates(places: Sequence[str]) -> "list[Template]":
    """Read template files, `cdk.out` folders and deployed stacks.

    Raises:
        click.ClickException: When one cannot be read or is no template.
    """
    from constructs_lib.analysis.template.templates import TemplateError, load_templates  # noqa: PLC0415 - reads YAML

    try:
        return [template for place in places for template in load_templates(place)]
    except TemplateError as error:
        raise click.ClickException(str(error)) from error


def write_text(text: "RenderableType") -> None:
    """Write to standard output; in colour only where a person looks at it."""
    from constructs_lib.cli.console import out  # noqa: PLC0415 - only for people

    out.print(text)


def write_json(value: Any) -> None:
    """Write JSON to standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
