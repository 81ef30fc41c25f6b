"""CloudFormation would take the templates."""

from typing import Any

import pytest

from tests.cfn_lint_rules import lint


@pytest.mark.slow
@pytest.mark.parametrize("name", ["all_settings", "encrypted", "events"])
def test_cfn_lint_finds_nothing(templates: dict[str, Any], name: str) -> None:
    assert lint(templates[name]) == []
