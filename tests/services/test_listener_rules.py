"""On a listener that others use, a service hears what is for its name, asks who calls, and hides nothing of its own."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import anyone, jwt
from constructs_lib.services import ListenerRules, ServiceRoute
from tests.cfn_lint_rules import lint
from tests.services.conftest import CERTIFICATE, new_auth, new_stack
from tests.synthesis import plain

ROUTES = {
    10: ServiceRoute("/api/*", access=[jwt("orders/read")]),
    20: ServiceRoute("/welcome", access=[anyone]),
    30: ServiceRoute("/*", access=[allow.authenticated]),
}


def balancer(stack: Stack, vpc: ec2.IVpc) -> elbv2.ApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer(stack, "Others", vpc=vpc, internet_facing=True)


def rules(stack: Stack, listener: elbv2.IApplicationListener | None = None, **options: Any) -> ListenerRules:
    vpc = ec2.Vpc(stack, "Network", max_azs=2, nat_gateways=0, restrict_default_security_group=False)
    if listener is None:
        listener = balancer(stack, vpc).add_listener(
            "Listener",
            port=443,
            certificates=[elbv2.ListenerCertificate.from_arn(CERTIFICATE)],
            default_action=elbv2.ListenerAction.fixed_response(200),
        )
    given = {
        "auth": new_auth(stack),
        "client": "Server",
        "listener": listener,
        "vpc": vpc,
        "domain_name": "orders.example.com",
        "targets": [targets.IpTarget("10.0.0.5")],
        "port": 8000,
        "routes": ROUTES,
        **options,
    }
    return ListenerRules(stack, "Orders", **given)


def made(stack: Stack) -> dict[int, dict[str, Any]]:
    """Return the rules of a stack by priority."""
    found = Template.from_stack(stack).find_resources("AWS::ElasticLoadBalancingV2::ListenerRule").values()
    return {each["Properties"]["Priority"]: plain(each["Properties"]) for each in found}


def test_every_rule_is_for_the_name_and_the_last_answers_404() -> None:
    stack = new_stack()
    service = rules(stack)
    found = made(stack)
    assert sorted(found) == [10, 20, 30, 50_000]
    for rule in found.values():
        assert rule["Conditions"][0] == {
            "Field": "host-header",
            "HostHeaderConfig": {"Values": ["orders.example.com"]},
        }
    kinds = {number: [each["Type"] for each in rule["Actions"]] for number, rule in found.items()}
    assert kinds == {
        10: ["jwt-validation", "forward"],
        20: ["forward"],
        30: ["authenticate-cognito", "forward"],
        50_000: ["fixed-response"],
    }
    assert found[50_000]["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "404"
    assert len(found[50_000]["Conditions"]) == 1
    assert plain(stack.resolve(service.logout_url)).endswith("logout_uri=https%3A%2F%2Forders.example.com%2F")
    assert lint(dict(Template.from_stack(stack).to_json()), "eu-west-1") == []


def test_a_listener_of_another_team_is_taken_by_its_arn() -> None:
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Theirs", "sg-0123456789abcdef0")
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/web/0123456789abcdef/0123456789abcdef"
    listener = elbv2.ApplicationListener.from_application_listener_attributes(
        stack, "Listener", listener_arn=arn, security_group=group
    )
    rules(stack, listener)
    assert {rule["ListenerArn"] for rule in made(stack).values()} == {arn}


def test_a_listener_without_tls_is_refused() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Theirs", max_azs=2, nat_gateways=0)
    listener = balancer(stack, vpc).add_listener(
        "Listener", port=80, default_action=elbv2.ListenerAction.fixed_response(200)
    )
    with pytest.raises(ValueError, match="listener='Service/Others/Listener' uses HTTP"):
        rules(stack, listener)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"routes": {}}, r"routes=\[\] has no route"),
        ({"routes": {0: ROUTES[10], 30: ROUTES[30]}}, "use 1 to 50000, with otherwise= above all routes"),
        ({"routes": {10: ROUTES[30], 20: ROUTES[10]}}, r"routes\[10\] /\* is evaluated before routes\[20\] /api/\*"),
        ({"routes": {10: ROUTES[30], 20: ROUTES[20]}}, r"routes\[10\] /\* is evaluated before routes\[20\] /welcome"),
        ({"otherwise": 30}, r"routes=\[10, 20, 30\] and otherwise=30 are not valid priorities"),
        ({"otherwise": 50_001}, "use 1 to 50000, with otherwise= above all routes"),
        ({"client": None}, r"route '/\*' needs a client that users sign in through"),
        ({"domain_name": "*.example.com"}, r"domain_name='\*\.example\.com' is not a host name"),
        ({"health_check_path": "health"}, "health_check_path='health' is not a path"),
        ({"port": 0}, "port=0 is not a port"),
        ({"routes": {10: ServiceRoute("/*", access=[jwt("orders/write")])}, "client": None}, "orders/write"),
    ],
)
def test_what_would_hide_a_rule_or_sign_nobody_in_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rules(new_stack(), **options)
