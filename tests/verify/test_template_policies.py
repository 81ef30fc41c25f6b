"""Policies of templates are found at any position, and converted to a form that AWS accepts."""

import json
from typing import Any

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.verify.run import Run
from constructs_lib.verify.template_policies import Names, documents
from tests.verify.document_template import document_template

RUN = Run(run_id="abcd1234", account="111122223333", region="cn-north-1", partition="aws-cn")
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def model(template: dict[str, Any]) -> Any:
    [found] = build_model([parse_template(json.dumps(template), name="Documents", source="Documents")])
    return found


def test_a_policy_is_found_in_a_property_that_nobody_has_heard_of() -> None:
    template = document_template()
    template["Resources"]["New"] = {"Type": "AWS::New::Thing", "Properties": {"Deep": [{"Access": ALLOW}]}}
    template["Resources"]["Acl"] = {
        "Type": "AWS::WAFv2::WebACL",
        "Properties": {"Rules": [{"Statement": {"GeoMatchStatement": {"CountryCodes": ["XX"]}}}]},
    }
    found = {each.where: each.type for each in documents(model(template))}
    assert found["New, Deep/0/Access"] == "AWS::New::Thing"
    assert not [where for where in found if where.startswith("Acl")]


def test_what_the_template_does_not_say_has_a_name_of_its_own_each() -> None:
    names = Names(RUN)
    said = names.value({"Resource": ["arn:aws:s3:::⟦a⟧/x", "arn:aws:s3:::⟦b⟧/x", "arn:aws:s3:::⟦a⟧/y"]})["Resource"]
    assert said == [
        "arn:aws-cn:s3:::made-up-0000/x",
        "arn:aws-cn:s3:::made-up-0001/x",
        "arn:aws-cn:s3:::made-up-0000/y",
    ]
    assert names.text("arn:aws:sqs:⟦AWS::Region⟧:⟦AWS::AccountId⟧:q") == "arn:aws-cn:sqs:cn-north-1:111122223333:q"
    assert names.text("⟦arn x⟧") == "arn:aws-cn:made-up:::made-up-0002"
