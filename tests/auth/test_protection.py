"""The feature plan, threat protection, the firewall and logs."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, Protection
from tests.synthesis import plain

Find = Callable[[str], Any]


def test_threat_protection_brings_the_plan_it_needs(resources: Find) -> None:
    pool = resources("strict").named("AuthUserPool")
    assert pool["UserPoolTier"] == "PLUS"
    assert pool["UserPoolAddOns"] == {
        "AdvancedSecurityMode": "ENFORCED",
        "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"},
    }
    assert "UserPoolTier" not in resources("plain_auth").named("AuthUserPool")


def test_the_firewall_stands_before_the_pool_and_logs_leave_it(resources: Find) -> None:
    found = resources("strict")
    assert found.named("AuthFirewallAssociation")["ResourceArn"] == "<AuthUserPool.Arn>"
    log_group = {"LogGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:<Logs>"}
    assert found.named("AuthLogDelivery")["LogConfigurations"] == [
        {"EventSource": source, "LogLevel": level, "CloudWatchLogsConfiguration": log_group}
        for source, level in (("userNotification", "ERROR"), ("userAuthEvents", "INFO"))
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"plan": "pro"}, "plan='pro' is unknown"),
        ({"plan": "essentials", "threat_protection": "audit"}, "needs plan='plus', not 'essentials'"),
        ({"plan": "lite", "custom_threat_protection": "enforced"}, "needs plan='plus', not 'lite'"),
        ({"threat_protection": "on"}, "use 'off', 'audit', 'enforced'"),
    ],
)
def test_protection_on_a_plan_without_it_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Protection(**options)


def test_cloudfronts_web_acl_is_refused(stack: Stack) -> None:
    arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/acl/1"
    with pytest.raises(ValueError, match="is not a regional web ACL"):
        Auth(stack, "Auth", protection=Protection(web_acl_arn=arn))


def test_a_pools_data_may_be_encrypted_with_a_key_of_the_customers(stack: Stack) -> None:
    key = kms.Key(stack, "Key")
    Auth(stack, "Auth", protection=Protection(encryption_key=key))
    [pool] = Template.from_stack(stack).find_resources("AWS::Cognito::UserPool").values()
    assert plain(pool["Properties"]["KeyConfiguration"]) == {
        "KeyType": "CUSTOMER_MANAGED_KEY",
        "KmsKeyArn": "<Key.Arn>",
    }
