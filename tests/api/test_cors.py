"""Which pages may call."""

import pytest

from constructs_lib.api.cors import gateway_responses
from constructs_lib.cors_origins import check_origins


@pytest.mark.parametrize("origin", ["*", "https://a.example.com/", "a.example.com", "https://*.example.com", ""])
def test_what_no_page_of_yours_sends_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="write scheme and host"):
        check_origins(["https://ok.example.com", origin])


def test_errors_name_the_one_origin_and_repeat_one_of_several() -> None:
    name = "gatewayresponse.header.Access-Control-Allow-Origin"
    one = gateway_responses(["https://a.example.com"])
    assert one.keys() == {"DEFAULT_4XX", "DEFAULT_5XX"}
    assert one["DEFAULT_4XX"]["responseParameters"][name] == "'https://a.example.com'"
    several = gateway_responses(["https://a.example.com", "https://b.example.com"])
    assert several["DEFAULT_5XX"]["responseParameters"][name] == "method.request.header.Origin"
