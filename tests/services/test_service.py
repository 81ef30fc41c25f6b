"""The load balancer lets nobody pass but whom its routes name, and nobody goes around it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import anyone, jwt
from constructs_lib.auth import ServerClient, WebClient
from constructs_lib.services import LoadBalancedService, ServiceRoute
from tests.cfn_lint_rules import lint
from tests.services.conftest import ROUTES, new_auth, new_service, new_stack
from tests.synthesis import HASH, plain

Made = tuple[LoadBalancedService, Mapping[str, Any]]


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type, by their IDs without hashes, in plain words."""
    return {
        HASH.sub("", name): plain(each.get("Properties", {}))
        for name, each in template["Resources"].items()
        if each["Type"] == kind
    }


def rules(template: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found = of_type(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    return {rule["Conditions"][0]["PathPatternConfig"]["Values"][0]: rule["Actions"] for rule in found}


def test_people_are_signed_in_before_anything_is_passed_on(made: Made) -> None:
    first, then = rules(made[1])["/*"]
    assert (first["Type"], first["Order"], then["Type"], then["Order"]) == ("authenticate-cognito", 1, "forward", 2)
    assert first["AuthenticateCognitoConfig"] == {
        "OnUnauthenticatedRequest": "authenticate",
        "Scope": "openid",
        "UserPoolArn": "<AuthUserPool.Arn>",
        "UserPoolClientId": "<AuthServerClient>",
        "UserPoolDomain": "<AuthDomain>",
    }


def test_a_token_is_checked_for_use_client_and_scope_too(made: Made) -> None:
    first, then = rules(made[1])["/api/*"]
    assert (first["Type"], first["Order"], then["Type"], then["Order"]) == ("jwt-validation", 1, "forward", 2)
    issuer = "https://<AuthUserPool.ProviderName>"
    assert first["JwtValidationConfig"] == {
        "Issuer": issuer,
        "JwksEndpoint": f"{issuer}/.well-known/jwks.json",
        "AdditionalClaims": [
            {"Name": "token_use", "Format": "single-string", "Values": ["access"]},
            {"Name": "client_id", "Format": "single-string", "Values": ["<AuthServerClient>", "<AuthWebClient>"]},
            {"Name": "scope", "Format": "space-separated-values", "Values": ["orders/read"]},
        ],
    }


def test_only_the_path_said_is_open_and_all_others_are_not_there(made: Made) -> None:
    found = rules(made[1])
    assert [path for path, actions in found.items() if actions[0]["Type"] == "forward"] == ["/welcome"]
    [listener] = of_type(made[1], "AWS::ElasticLoadBalancingV2::Listener").values()
    assert [action["Type"] for action in listener["DefaultActions"]] == ["fixed-response"]
    assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "404"


def test_https_is_the_only_way_in(made: Made) -> None:
    [listener] = of_type(made[1], "AWS::ElasticLoadBalancingV2::Listener").values()
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    groups = of_type(made[1], "AWS::EC2::SecurityGroup")
    assert [(each["FromPort"], each["ToPort"]) for each in groups["WebSecurityGroup"]["SecurityGroupIngress"]] == [
        (443, 443)
    ]


def test_the_tasks_listen_to_the_load_balancer_alone(made: Made) -> None:
    groups = of_type(made[1], "AWS::EC2::SecurityGroup")
    assert [name for name, group in groups.items() if "SecurityGroupIngress" in group] == ["WebSecurityGroup"]
    [way_in] = of_type(made[1], "AWS::EC2::SecurityGroupIngress").values()
    assert way_in["GroupId"] == "<TasksSecurityGroup.GroupId>"
    assert way_in["SourceSecurityGroupId"] == "<WebSecurityGroup.GroupId>"
    assert (way_in["FromPort"], way_in["ToPort"]) == (8000, 8000)


def test_the_load_balancer_reaches_cognito_and_the_tasks_alone(made: Made) -> None:
    [outside] = of_type(made[1], "AWS::EC2::SecurityGroup")["WebSecurityGroup"]["SecurityGroupEgress"]
    assert (outside["CidrIp"], outside["FromPort"], outside["ToPort"]) == ("0.0.0.0/0", 443, 443)
    [inside] = of_type(made[1], "AWS::EC2::SecurityGroupEgress").values()
    assert inside["DestinationSecurityGroupId"] == "<TasksSecurityGroup.GroupId>"


def test_headers_that_are_none_are_dropped(made: Made) -> None:
    [balancer] = of_type(made[1], "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    attributes = {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_hosted_sign_in_returns_to_the_balancer_and_sign_out_to_the_page(made: Made) -> None:
    client = of_type(made[1], "AWS::Cognito::UserPoolClient")["AuthServerClient"]
    assert client["CallbackURLs"] == ["https://app.example.com/oauth2/idpresponse"]
    assert client["LogoutURLs"] == ["https://app.example.com/"]
    assert (client["GenerateSecret"], client["AllowedOAuthFlows"]) == (True, ["code"])
    logout = plain(made[0].listener.stack.resolve(made[0].logout_url))
    assert logout.endswith("/logout?client_id=<AuthServerClient>&logout_uri=https%3A%2F%2Fapp.example.com%2F")


def test_a_rule_that_comes_moves_no_other() -> None:
    def numbers(*more: ServiceRoute) -> dict[str, Any]:
        stack = new_stack()
        new_service(stack, routes=[*more, *reversed(ROUTES)])
        found = of_type(Template.from_stack(stack).to_json(), "AWS::ElasticLoadBalancingV2::ListenerRule")
        return {name: rule["Priority"] for name, rule in found.items()}

    before, after = numbers(), numbers(ServiceRoute("/aaa", access=[anyone]), ServiceRoute("/zzz/*", access=[jwt()]))
    assert before.items() <= after.items()


def test_the_template_is_clean(made: Made) -> None:
    assert lint(dict(made[1]), "eu-west-1") == []


def test_a_service_for_programs_alone_needs_no_hosted_sign_in() -> None:
    stack = new_stack()
    auth = new_auth(stack, domain=None, clients=[WebClient()], resource_servers=[])
    service = new_service(stack, auth=auth, client=None, routes=[ServiceRoute("/api/*", access=[jwt()])])
    assert service.logout_url is None
    claims = rules(Template.from_stack(stack).to_json())["/api/*"][0]["JwtValidationConfig"]["AdditionalClaims"]
    assert [claim["Name"] for claim in claims] == ["token_use", "client_id"]


def test_a_balancer_inside_is_open_to_nobody_outside() -> None:
    stack = new_stack()
    new_service(stack, internet_facing=False)
    template = Template.from_stack(stack).to_json()
    [balancer] = of_type(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    assert balancer["Scheme"] == "internal"
    assert "SecurityGroupIngress" not in of_type(template, "AWS::EC2::SecurityGroup")["WebSecurityGroup"]


PEOPLE = [ServiceRoute("/*", access=[allow.authenticated])]
TOKENS = [ServiceRoute("/*", access=[jwt()])]


@pytest.mark.parametrize(
    ("options", "auth", "words"),
    [
        ({"client": None}, {}, r"route '/\*' needs a client that users sign in through"),
        ({"routes": TOKENS}, {}, "client='Server' has no effect, because no route requires a sign-in"),
        ({"client": "Another"}, {}, "is not a client of auth; use one of Server, Web"),
        ({"client": "Web"}, {}, "has no secret"),
        ({"routes": PEOPLE}, {"domain": None}, "add domain= to the Auth"),
        ({"routes": []}, {}, r"routes=\[\] has no route"),
        ({"domain_name": "https://app.example.com"}, {}, r"such as app\.example\.com"),
        ({"domain_name": "App.example.com"}, {}, r"such as app\.example\.com"),
        ({"domain_name": "localhost"}, {}, r"such as app\.example\.com"),
        ({"health_check_path": "health"}, {}, "write one such as /health"),
        ({"health_check_path": "/health?x"}, {}, "write one such as /health"),
        (
            {"routes": TOKENS, "client": None},
            {"clients": [ServerClient(name=f"C{number}") for number in range(11)]},
            "auth has 11 clients",
        ),
    ],
)
def test_what_a_load_balancer_could_not_do_is_refused(
    options: dict[str, Any], auth: dict[str, Any], words: str
) -> None:
    stack = new_stack()
    with pytest.raises(ValueError, match=words):
        new_service(stack, auth=new_auth(stack, **auth), **options)


def test_snapshot(made: Made, snapshot: Any) -> None:
    kinds = ("AWS::ElasticLoadBalancingV2::", "AWS::EC2::SecurityGroup", "AWS::Cognito::UserPoolClient")
    own = {
        HASH.sub("", name): {"Type": each["Type"], **plain(each.get("Properties", {}))}
        for name, each in sorted(made[1]["Resources"].items())
        if each["Type"].startswith(kinds)
    }
    assert json.dumps(own, indent=1, sort_keys=True) == snapshot
