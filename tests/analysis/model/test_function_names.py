"""A text names a function for certain or possibly: by its name, its ARN, an alias or a version."""

import pytest

from constructs_lib.analysis.model.function_names import ANY_FUNCTION, FunctionName

ARN = "arn:aws:lambda:⟦AWS::Region⟧:⟦AWS::AccountId⟧:function:"
MADE_UP = FunctionName(id="⟦S/F⟧", place="S/F")
WRITTEN = FunctionName(id="app-fn", place="S/F")
IN_PART = FunctionName(id="⟦AWS::StackName⟧-fn", place="S/F")
BY_STACK = FunctionName(id="⟦AWS::StackName⟧", place="S/F")


@pytest.mark.parametrize(
    ("name", "text", "is_in", "may_be_in"),
    [
        (MADE_UP, "⟦S/F⟧", True, True),
        (MADE_UP, "⟦S/F.Arn⟧", True, True),
        (MADE_UP, f"{ARN}⟦S/F⟧:live", True, True),
        (MADE_UP, "⟦S/F2⟧", False, False),
        (MADE_UP, "app-fn", False, False),
        (MADE_UP, "⟦parameter P⟧", False, False),
        (MADE_UP, "⟦wildcard S/Custom.Name⟧", False, True),
        (WRITTEN, "app-fn", True, True),
        (WRITTEN, "app-fn:live", True, True),
        (WRITTEN, f"{{'Uri': '{ARN}app-fn/invocations'}}", True, True),
        (WRITTEN, '{"FunctionName":"app-fn"}', True, True),
        (WRITTEN, "app-fn2", False, False),
        (WRITTEN, "app-fn⟦AWS::Region⟧", False, False),
        (WRITTEN, "⟦AWS::StackName⟧-fn", False, True),
        (WRITTEN, f"{ARN}⟦AWS::StackName⟧-fn:1", False, True),
        (WRITTEN, f"{{'Uri': '{ARN}⟦AWS::StackName⟧-fn/invocations'}}", False, True),
        (WRITTEN, "{'Name': '⟦AWS::StackName⟧-fn'}", False, True),
        (WRITTEN, "⟦AWS::StackName⟧-other", False, False),
        (IN_PART, "⟦AWS::StackName⟧-fn", True, True),
        (IN_PART, f"{ARN}⟦AWS::StackName⟧-fn", True, True),
        (IN_PART, "app-fn", False, True),
        (IN_PART, "app-fn:live", False, True),
        (IN_PART, f"{ARN}other", False, False),
        (BY_STACK, f"{ARN}⟦S/Other⟧", False, False),
        (BY_STACK, "{'Type': 'AWS_PROXY'}", False, False),
        (ANY_FUNCTION, f"{ARN}app-fn", False, True),
        (ANY_FUNCTION, "⟦S/F⟧", False, True),
    ],
)
def test_a_text_names_a_function(name: FunctionName, text: str, is_in: bool, may_be_in: bool) -> None:
    assert (name.is_in(text), name.may_be_in(text)) == (is_in, may_be_in)
