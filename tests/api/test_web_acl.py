"""The firewall of a REST API."""

from typing import Any

import pytest

from constructs_lib.api import Route, WebAcl, anyone


def test_bad_addresses_bad_inputs_and_floods_are_blocked(bench: Any) -> None:
    acl = WebAcl(bench.stack, "Acl", requests_per_5_minutes=500)
    bench.api(Route("GET", "/a", bench.shares, access=[anyone]), kind="rest", web_acl_arn=acl.arn)
    found = bench.only("AWS::WAFv2::WebACL")
    assert found["Scope"] == "REGIONAL"
    assert [(rule["Priority"], rule["Name"]) for rule in found["Rules"]] == [
        (0, "RequestRate"),
        (1, "AWSManagedRulesAmazonIpReputationList"),
        (2, "AWSManagedRulesCommonRuleSet"),
        (3, "AWSManagedRulesKnownBadInputsRuleSet"),
    ]
    assert found["Rules"][0]["Statement"] == {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": 500}}
    assert found["Rules"][0]["Action"] == {"Block": {}}
    assert all(rule["OverrideAction"] == {"None": {}} for rule in found["Rules"][1:])
    assert bench.only("AWS::WAFv2::WebACLAssociation")["WebACLArn"] == bench.stack.resolve(acl.arn)


def test_a_rate_waf_does_not_take_is_refused(bench: Any) -> None:
    with pytest.raises(ValueError, match="outside WAF's range; use 10 or more"):
        WebAcl(bench.stack, "Acl", requests_per_5_minutes=9)
