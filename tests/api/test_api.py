"""An API as a whole: who may invoke what, and the document for clients."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, anyone, jwt, openapi
from constructs_lib.functions import PythonFunction


def _routes(bench: Any) -> list[Route]:
    return [
        Route("GET", "/shares", bench.shares, access=[allow.guest, allow.authenticated], summary="List shares"),
        Route("POST", "/shares", bench.shares, access=[allow.authenticated]),
        Route("DELETE", "/shares/{share_id}", bench.shares, access=[allow.group("editors")]),
        Route("DELETE", "/users/{owner}/shares/{share_id}", bench.shares, access=[allow.owner]),
    ]


def _invoked(bench: Any, policy: str, stage: str) -> set[str]:
    """Return what a role's policy lets it invoke, after the API's ARN, and check that it lets nothing else."""
    found = set()
    (document,) = [
        properties["PolicyDocument"]
        for name, properties in bench.resources("AWS::IAM::Policy").items()
        if name.startswith(policy)
    ]
    for statement in document["Statement"]:
        assert statement.keys() == {"Action", "Effect", "Resource"}
        assert (statement["Action"], statement["Effect"]) == ("execute-api:Invoke", "Allow")
        listed = statement["Resource"]
        for resource in listed if isinstance(listed, list) else [listed]:
            *arn, path = resource["Fn::Join"][1]
            assert arn[:-1] == [
                "arn:", {"Ref": "AWS::Partition"}, ":execute-api:", {"Ref": "AWS::Region"}, ":",
                {"Ref": "AWS::AccountId"}, ":",
            ]  # fmt: skip
            assert arn[-1]["Ref"].startswith("ApiHttpApi" if stage == "$default" else "ApiRestApi")
            assert path.startswith(f"/{stage}/")
            found.add(path.removeprefix(f"/{stage}/"))
    return found


@pytest.mark.parametrize(("kind", "stage"), [("http", "$default"), ("rest", "v1")])
def test_each_role_may_invoke_exactly_its_routes(bench: Any, kind: str, stage: str) -> None:
    bench.api(*_routes(bench), kind=kind)
    own = "DELETE/users/${cognito-identity.amazonaws.com:sub}/shares/*"
    assert _invoked(bench, "AuthGuestPolicy", stage) == {"GET/shares"}
    assert _invoked(bench, "AuthAuthenticatedPolicy", stage) == {"GET/shares", "POST/shares", own}
    assert _invoked(bench, "AuthGroupeditorsPolicy", stage) == {"GET/shares", "POST/shares", "DELETE/shares/*", own}


def test_under_sub_owners_are_known_by_their_principal_tag(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(owner="sub")
    bench.api(Route("GET", "/users/{owner}", bench.shares, access=[allow.owner]))
    assert _invoked(bench, "AuthAuthenticatedPolicy", "$default") == {"GET/users/${aws:PrincipalTag/sub}"}


def test_routes_that_iam_does_not_guard_give_no_role_anything(bench: Any) -> None:
    bench.api(Route("GET", "/a", bench.shares, access=[jwt()]), Route("GET", "/b", bench.shares, access=[anyone]))
    assert not any("execute-api" in json.dumps(policy) for policy in bench.resources("AWS::IAM::Policy").values())


def test_a_function_may_be_a_caller(bench: Any) -> None:
    bench.api(Route("GET", "/jobs", bench.shares, access=[allow.function(bench.others)]))
    (policy,) = [
        properties for name, properties in bench.resources("AWS::IAM::Policy").items() if name.startswith("Others")
    ]
    assert policy["PolicyDocument"]["Statement"][-1]["Action"] == "execute-api:Invoke"


def test_a_right_that_would_reach_an_editors_route_is_refused_before_anything_is_granted(bench: Any) -> None:
    routes = [
        Route("GET", "/shares/{share_id}", bench.shares, access=[allow.authenticated]),
        Route("GET", "/shares/{share_id}/audit", bench.shares, access=[allow.group("editors")]),
    ]
    with pytest.raises(ValueError, match=r"is open to authenticated.*GET /shares/x/audit"):
        bench.api(*routes)
    assert not any("execute-api" in json.dumps(policy) for policy in bench.resources("AWS::IAM::Policy").values())


def test_subjects_the_auth_does_not_have_are_refused(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(guests=False)
    with pytest.raises(ValueError, match=r"a rule names allow\.guest, but guests are not enabled"):
        bench.api(Route("GET", "/a", bench.shares, access=[allow.guest]))


def test_reordering_and_adding_routes_renames_no_resource(make_bench: Callable[..., Any]) -> None:
    names = []
    for order in (1, -1):
        bench = make_bench()
        bench.api(*_routes(bench)[::order])
        assert bench.others
        names.append(set(bench.template()["Resources"]))
    bench = make_bench()
    bench.api(*_routes(bench), Route("GET", "/more", bench.others, access=[anyone]))
    assert names[0] == names[1]
    assert set(bench.template()["Resources"]) - names[0] == {"ApiInvokeOthersFunction9308A31B"}


def test_an_api_may_stand_in_another_stack_than_its_auth_and_its_functions(bench: Any) -> None:
    stack = Stack(App.of(bench.stack), "What")
    Api(stack, "Api", auth=bench.auth, routes=[Route("GET", "/a", bench.shares, access=[allow.guest])])
    resources = Template.from_stack(stack).to_json()["Resources"]
    kinds = {resource["Type"] for resource in resources.values()}
    assert kinds == {
        "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::Logs::LogGroup", "AWS::Lambda::Permission",
        "AWS::IAM::Policy",
    }  # fmt: skip
    (policy,) = [resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::IAM::Policy"]
    assert policy["Roles"] == [stack.resolve(bench.auth.guest_role.role_name)]


def test_the_document_for_clients_is_plain_openapi(bench: Any, tmp_path: Path) -> None:
    api = bench.api(*_routes(bench), Route("ANY", "/files/{rest+}", bench.shares, access=[jwt("files/read")]))
    api.write_openapi(tmp_path / "openapi.json")
    document = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert document == api.openapi
    assert "x-amazon" not in json.dumps(document)
    assert "Token[" not in json.dumps(document)
    listing = document["paths"]["/shares"]["get"]
    assert (listing["operationId"], listing["summary"]) == ("getShares", "List shares")
    assert listing["security"] == [{"iam": []}]
    removal = document["paths"]["/users/{owner}/shares/{share_id}"]["delete"]
    assert removal["operationId"] == "deleteUsersByOwnerSharesByShareId"
    assert [parameter["name"] for parameter in removal["parameters"]] == ["owner", "share_id"]
    assert document["paths"]["/files/{rest}"].keys() == {"get", "head", "post", "put", "patch", "delete"}
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids)
    assert document["components"]["securitySchemes"].keys() == {"iam", "token"}


def test_a_route_for_any_method_hides_no_other_route_of_its_path(bench: Any) -> None:
    get = Route("GET", "/a", bench.shares, access=[anyone], summary="Read")
    rest = Route("ANY", "/a", bench.others, access=[anyone], summary="Change")
    for routes in ([get, rest], [rest, get]):
        described = openapi.client_document("Api", routes)["paths"]["/a"]
        assert (described["get"]["summary"], described["put"]["summary"]) == ("Read", "Change")


def test_the_document_for_clients_has_every_route_under_a_name_of_its_own(bench: Any) -> None:
    """API Gateway tells these apart, and a generator would write one function for several of them."""
    paths = ["/f/{p}", "/f/{p+}", "/f/a-b", "/f/a_b", "/f/a/b"]
    routes = [Route(method, path, bench.shares, access=[anyone]) for path in paths for method in ("GET", "ANY")]
    document = openapi.client_document("Api", routes)
    assert document["paths"].keys() == {"/f/{p}", "/f/{p_path}", "/f/a-b", "/f/a_b", "/f/a/b"}
    parameters = [each["name"] for each in document["paths"]["/f/{p_path}"]["get"]["parameters"]]
    assert parameters == ["p_path"]
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == 30  # five paths, with six methods each
    assert len(set(ids)) == len(ids)
    assert {"getFAB", "getFAB2", "getFByP", "getFByPPath"} < set(ids)


def test_url_and_id_are_given_for_clients(bench: Any) -> None:
    api = bench.api(Route("GET", "/a", bench.shares, access=[anyone]))
    assert bench.stack.resolve(api.url) == {
        "Fn::Join": [
            "",
            ["https://", {"Ref": "ApiHttpApi2997B86B"}, ".execute-api.", {"Ref": "AWS::Region"}, ".",
             {"Ref": "AWS::URLSuffix"}],
        ]
    }  # fmt: skip


@pytest.mark.parametrize("snap_start", [False, True])
def test_a_function_may_answer_an_api_and_call_it_without_a_circle(
    bench: Any, tmp_path: Path, *, snap_start: bool
) -> None:
    function = PythonFunction(bench.stack, "Both", entry=tmp_path, snap_start=snap_start)
    bench.api(
        Route("GET", "/asked", function, access=[allow.authenticated]),
        Route("POST", "/jobs", bench.shares, access=[allow.function(function), allow.function(bench.shares)]),
    )
    template = bench.template()["Resources"]
    assert circle_in(template) == []
    policies = [each for name, each in template.items() if name.startswith("ApiCalls")]
    assert len(policies) == 2
    for policy in policies:
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Action"] == "execute-api:Invoke"
        assert str(statement["Resource"]).endswith("/$default/POST/jobs']]}")


def circle_in(resources: dict[str, Any]) -> list[str]:
    """Return the logical IDs of resources that wait for each other."""
    needs = {name: _named(resource) & resources.keys() - {name} for name, resource in resources.items()}
    while free := [name for name, others in needs.items() if not others]:
        needs = {name: others - {*free} for name, others in needs.items() if name not in free}
    return sorted(needs)


def _named(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for each in value for name in _named(each)}
    if not isinstance(value, dict):
        return set()
    found = {value["Ref"]} if isinstance(value.get("Ref"), str) else set()
    for key in ("Fn::GetAtt", "DependsOn"):
        named = value.get(key, [])
        found |= {named} if isinstance(named, str) else {*named[:1]} if key == "Fn::GetAtt" else {*named}
    return found.union(*(_named(each) for key, each in value.items() if key not in {"Fn::GetAtt", "DependsOn"}))
