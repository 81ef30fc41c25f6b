"""What CloudFront does with a path: a file, a route of the page, an error page, or another server's."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Auth
from constructs_lib.hosting import Hosting
from constructs_lib.hosting.paths import routing_code
from constructs_lib.local.toolchain import node
from tests.synthesis import new_function


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for name in ("index.html", "404.html"):
        (tmp_path / name).write_text("<html></html>", encoding="utf-8")
    return tmp_path


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Page", env={"account": "111111111111", "region": "eu-west-1"})


def distribution(stack: Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::CloudFront::Distribution").values()
    configuration: dict[str, Any] = found["Properties"]["DistributionConfig"]
    return configuration


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("/users/john.doe", "/index.html"),
        ("/users/", "/index.html"),
        ("/settings", "/index.html"),
        ("/assets/app.js", "/assets/app.js"),
        ("/other/users/john.doe", "/other/users/john.doe"),
    ],
)
def test_a_route_with_a_dot_is_the_pages_where_that_is_said(asked: str, served: str) -> None:
    call = f"console.log(handler({{request: {{uri: {json.dumps(asked)}}}}}).uri)"
    code = f"{routing_code(['/users/'])}\n{call}"
    done = subprocess.run([node(), "-e", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == served


def test_a_missing_file_shows_the_error_page_with_its_status(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build, error_page="404.html")
    assert distribution(stack)["CustomErrorResponses"] == [
        {"ErrorCode": code, "ResponseCode": 404, "ResponsePagePath": "/404.html"} for code in (403, 404)
    ]


def test_an_api_is_served_under_the_pages_own_name(stack: Stack, build: Path) -> None:
    auth, function = Auth(stack, "Auth"), new_function(stack, "F")
    api = Api(stack, "Api", auth=auth, routes=[Route("GET", "/api/notes", function, access=[jwt()])])
    Hosting(stack, "Hosting", build=build, backends={"/api/*": api.url})
    found = distribution(stack)
    (behavior,) = found["CacheBehaviors"]
    assert behavior["PathPattern"] == "/api/*"
    assert behavior["ViewerProtocolPolicy"] == "https-only"
    assert "FunctionAssociations" not in behavior
    (origin,) = (each for each in found["Origins"] if each["Id"] == behavior["TargetOriginId"])
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    index, host = origin["DomainName"]["Fn::Select"]
    assert index == 2
    assert ".execute-api.eu-west-1." in json.dumps(host)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"dotted_routes": ["users"]}, "dotted_routes contains 'users', which is not the beginning of a path"),
        ({"dotted_routes": ["/"]}, "dotted_routes contains '/', which is not the beginning of a path"),
        ({"dotted_routes": ['/"; evil']}, "dotted_routes contains '/\""),
        ({"error_page": "missing.html"}, r"error_page='missing\.html' is not a file in"),
        (
            {"backends": {"/*": "https://a.example.com"}},
            r"backends contains '/\*', which is not a path pattern below the page",
        ),
        (
            {"backends": {"api": "https://a.example.com"}},
            "backends contains 'api', which is not a path pattern below the page",
        ),
        ({"backends": {"/api/*": "http://a.example.com"}}, "not the URL of a server; write https and the host only"),
        ({"backends": {"/api/*": "https://a.example.com/prod"}}, "write https and the host only"),
    ],
)
def test_what_is_no_path_or_server_is_refused(stack: Stack, build: Path, option: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hosting(stack, "Hosting", build=build, **option)
