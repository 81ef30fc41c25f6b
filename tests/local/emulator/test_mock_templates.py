"""Responses of MOCK integrations to preflights from one of several origins."""

import pytest

from constructs_lib.api.cors import preflight
from constructs_lib.local.emulator.mock_templates import answered_origin

OURS: str = preflight(["https://a.example.com", "https://b.example.com"], [])["x-amazon-apigateway-integration"][
    "responses"
]["default"]["responseTemplates"]["application/json"]
CDKS = """#set($origin = $input.params().header.get("Origin"))
#if($origin == "") #set($origin = $input.params().header.get("origin")) #end
#if($origin.matches("https://b.example.com") || $origin.matches("https://c.example.com"))
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end"""


@pytest.mark.parametrize("template", [OURS, CDKS])
def test_a_named_origin_is_answered_and_no_other(template: str) -> None:
    assert answered_origin(template, "https://b.example.com") == "https://b.example.com"
    assert answered_origin(template, "https://evil.example.com") is None
    assert answered_origin(template, "https://b.example.com.evil.com") is None
    assert answered_origin(template, "") is None


def test_other_templates_answer_nothing() -> None:
    assert answered_origin('{"origin": "$origin == \\"x\\""}', "x") is None
