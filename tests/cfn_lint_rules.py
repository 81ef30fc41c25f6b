"""cfn-lint, loaded by the first test that asks for it, with one set of rules for all templates of a region."""

import functools
import json
from typing import Any

CDKS_OWN = ["W3005"]
"""The CDK's own functions have a DependsOn that a GetAtt makes superfluous."""


def lint(template: dict[str, Any], region: str = "us-east-1") -> list[str]:
    """Return what cfn-lint finds in a template."""
    from cfnlint.decode.decode import decode_str  # noqa: PLC0415 - half a second

    body, errors = decode_str(json.dumps(template))
    return [str(match) for match in [*errors, *_runner(region).validate_template(body)]]


@functools.cache
def _runner(region: str) -> Any:
    from cfnlint.config import ConfigMixIn  # noqa: PLC0415 - half a second
    from cfnlint.runner import Runner  # noqa: PLC0415 - the same

    return Runner(ConfigMixIn(regions=[region], ignore_checks=CDKS_OWN))
