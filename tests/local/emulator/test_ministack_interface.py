"""Every override detects a change of the MiniStack code that it overrides."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_lib.local.emulator.ministack_interface import (
    UnsupportedError,
    expect_attributes,
    expect_fields,
    expect_keys,
    expect_parameters,
)
from tests.local.emulator.conftest import LOCAL, in_emulator

SEAMS = {
    "unsigned_requests": ["core.iam_evaluator.pin_signed_request", "app._enforce_execute_api"],
    "request_actions": ["core.iam_actions.extract_iam_action", "core.iam_actions._load_botocore_model"],
    "dynamodb_keys": ["core.iam_actions.dynamodb_service_context", "core.iam_actions.dynamodb_resource_arns"],
    "policy_evaluation": [
        "core.iam_evaluator.evaluate", "core.iam_evaluator.resolve_principal", "core.iam_evaluator._conditions_met",
        "core.iam_evaluator.evaluate_trust_policy", "core.iam_evaluator._fnmatch_compile",
    ],
    "user_pool_api": ["services.cognito._dispatch_idp", "services.lambda_svc._get_func_record_for_ref"],
    "identity_pools": ["services.cognito._get_id", "services.cognito._get_credentials_for_identity"],
    "web_identity": ["services.sts._web_identity_trust_denied", "services.sts.register_session"],
    "evaluation_recording": [
        "core.iam_evaluator.enforce", "core.iam_evaluator.check_credentials",
        "services.apigateway._validate_jwt_authorizer",
    ],
    "rest_authorizer": ["services.apigateway_v1._validate_cognito_authorizer"],
    "api_host_names": ["app._parse_execute_api_url"],
    "cognito_resources": ["services.cognito._create_identity_provider", "services.waf._associate_web_acl"],
    "iam_resources": ["services.iam._create_group"],
    "storage_resources": ["services.s3._delete_bucket", "services.dynamodb._update_ttl"],
    "rest_validators": ["services.apigateway_v1._create_request_validator"],
    "accepted_types": ["services.cloudformation.provisioners._provision_resource"],
    "lambda_runtimes": ["core.lambda_runtime._detect_runtime_binary"],
    "signing_keys": ["services.cognito._pool_signing_key"],
    "shared_service_models": ["core.responses._service_model", "core.iam_actions._load_botocore_model"],
    "unchanged_resources": [
        "services.cloudformation.stacks._add_event", "services.cloudformation.stacks._update_resource",
    ],
}  # fmt: skip
ASK = """
import importlib, json, sys
from emulator import overrides
from emulator.ministack_interface import UnsupportedError

unnoticed = []
for override in overrides.OVERRIDES:
    override.check()
for name, seams in json.loads(sys.argv[1]).items():
    override = importlib.import_module("emulator." + name)
    for seam in seams:
        module, _, attribute = seam.rpartition(".")
        owner = importlib.import_module("ministack." + module)
        stock = getattr(owner, attribute)
        setattr(owner, attribute, lambda something, other: None)
        try:
            override.check()
            unnoticed.append(seam)
        except UnsupportedError:
            pass
        setattr(owner, attribute, stock)
print(json.dumps(unnoticed))
"""


@pytest.mark.slow
def test_no_override_goes_on_when_what_it_replaces_takes_other_arguments(tmp_path: Path) -> None:
    assert json.loads(in_emulator(ASK, json.dumps(SEAMS), tmp_path).splitlines()[-1]) == []


TWICE = """
import sys
from emulator import accepted_types, overrides
from emulator.ministack_interface import UnsupportedError

accepted_types.NOT_EMULATED += (sys.argv[1],)
try:
    overrides.install()
except UnsupportedError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["AWS::S3::Bucket", "AWS::CloudFront::KeyGroup", "AWS::CloudTrail::Trail"])
def test_a_type_that_is_emulated_and_said_to_do_nothing_is_an_error(name: str, tmp_path: Path) -> None:
    """It would do nothing, or `status` would say so of one that works."""
    assert f"{name} is provisioned already" in in_emulator(TWICE, name, tmp_path)


def test_every_module_that_overrides_something_is_installed() -> None:
    folder = LOCAL / "emulator"
    said = re.findall(r"^    (\w+),$", (folder / "overrides.py").read_text(), re.MULTILINE)
    overriding = {each.stem for each in folder.glob("*.py") if "\ndef install() -> None:" in each.read_text()}
    overriding.remove("listener_gates")  # which `load_balancers` installs
    assert {*said} == overriding
    assert len(said) == 2 * len(overriding)


@dataclass
class Some:
    known: int


def function(first: int, second: int = 0) -> int:
    return first + second


def test_parameters_are_compared_by_name_and_order() -> None:
    expect_parameters(function, "first", "second")
    with pytest.raises(UnsupportedError, match=r"function takes \['first', 'second'\], not \['second', 'first'\]"):
        expect_parameters(function, "second", "first")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UnsupportedError, match="lacks nothing_like_it"):
        expect_attributes(json, "loads", "nothing_like_it")
    with pytest.raises(UnsupportedError, match="the table lacks b"):
        expect_keys({"a": 1}, "the table", "a", "b")
    with pytest.raises(UnsupportedError, match="lacks the fields other"):
        expect_fields(Some, "known", "other")
