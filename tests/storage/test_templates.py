"""CloudFormation would take the templates."""

import json
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

# CDK's functions depend on the role they get by GetAtt.
CDKS_OWN = ["W3005"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["all_settings", "encrypted", "events", "shared"])
def test_cfn_lint_finds_nothing(templates: dict[str, Any], name: str) -> None:
    found = lint(json.dumps(templates[name]), config=ManualArgs(regions=["us-east-1"], ignore_checks=CDKS_OWN))
    assert [str(match) for match in found] == []
