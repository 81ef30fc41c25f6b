"""Names that a template determines in part: they may be equal if their known parts fit."""

import pytest

from constructs_lib.analysis.template.globs import may_be_equal


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("docs", "docs", True),
        ("docs", "other", False),
        ("docs-⟦AWS::AccountId⟧", "docs-123456789012", True),
        ("docs-⟦AWS::AccountId⟧", "docs-files", False),
        ("docs-⟦AWS::Region⟧", "docs-us-gov-west-1", True),
        ("⟦AWS::StackName⟧", "docs", True),
        ("⟦AWS::StackName of A⟧-docs", "prod-docs", True),
        ("⟦AWS::StackName⟧-docs", "⟦AWS::StackName⟧-logs", False),
        ("⟦AWS::StackName⟧-a-docs", "⟦AWS::StackName⟧-docs", False),
        ("⟦AWS::StackName of A⟧-docs", "⟦AWS::StackName of B⟧-docs", True),
        ("⟦parameter P⟧-docs", "a-docs", True),
        # A whole name from outside is assumed to be another; a resource's name is its own.
        ("⟦parameter P⟧", "docs", False),
        ("⟦S/A⟧", "docs", False),
        ("⟦S/A⟧", "⟦S/B⟧", False),
        ("⟦wildcard S/Custom.Name⟧", "docs", True),
        ("⟦wildcard S/Custom.Name⟧", "⟦S/A⟧", True),
        ("x-⟦wildcard S/Custom.Name⟧", "⟦S/A⟧", True),
        ("x-⟦wildcard S/Custom.Name⟧", "docs", False),
    ],
)
def test_names_may_be_equal_if_what_is_known_of_them_fits(left: str, right: str, *, equal: bool) -> None:
    assert may_be_equal(left, right) is equal
    assert may_be_equal(right, left) is equal
