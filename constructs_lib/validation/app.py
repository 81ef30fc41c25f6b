"""An app whose synth validates its templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import App, Validations

from constructs_lib.argument_checks import checked
from constructs_lib.validation.cloudformation import CloudFormationPlugin, is_installed
from constructs_lib.validation.plugin import IsolationPlugin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PATHS: Final = "aws:cdk:enable-path-metadata"


@checked
def validated_app(
    *, accept: Sequence[str] = (), context: Mapping[str, Any] | None = None, outdir: str | None = None
) -> App:
    """Create an app whose synth checks its templates by CloudFormation's rules and proves isolation.

    The rules are checked by AWS's native engine if the extra `validation` is installed, else by the CDK's own copy of
    it in Node: the same findings, with 2 s more processor time.

    Args:
        accept: Intended access to other users' data, such as `"Documents protected/{owner}/*:get,list"`: places and
            callers as in the report, resources by their construct paths. Default: no such access.
        context: Context of the app. Default: the context of `cdk.json` and `-c`. Path metadata is on unless they
            disable it.
        outdir: The folder of the assembly. Default: that of the CDK command line, else a temporary folder.

    Returns:
        A plain `App`, to which stacks are added as always.

    Raises:
        ValueError: For an `accept` with an invalid format.
    """
    native = is_installed()
    first = [CloudFormationPlugin()] if native else []
    isolation = IsolationPlugin(accept=accept)
    app = App(builtin_cloud_formation_validation=not native, context={_PATHS: True, **(context or {})}, outdir=outdir)
    Validations.of(app).add_plugins(*first, isolation)
    return app
