"""Reports about functions, the roles they run in, and keys."""

import copy
from typing import Any, Final

from constructs_lib.analysis.replacements import Effect
from tests.analysis.replacements.reports.report import (
    CDK,
    CODE,
    REFERENCE,
    ROLE,
    TRUST,
    Report,
    Resources,
    allow,
    att,
    of,
    policy,
    ref,
)


def role(**properties: Any) -> Resources:
    return {"Role": of("IAM::Role", AssumeRolePolicyDocument=TRUST, **properties)}


def function(**properties: Any) -> Resources:
    return {**ROLE, "Fn": of("Lambda::Function", **{**CODE, **properties})}


def inline(name: str, count: int) -> Resources:
    arns = [f"arn:aws:s3:::{name}/{number:064}" for number in range(count)]
    return of("IAM::Policy", PolicyName=name, Roles=[ref("Role")],
              PolicyDocument=policy(allow("s3:GetObject", resource=arns)))  # fmt: skip


ROOT: Final = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
READS: Final = of("IAM::Policy", PolicyName="reads", Roles=[ref("Role")], PolicyDocument=policy(
    allow("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
          resource=att("Table", "StreamArn")), allow("dynamodb:ListStreams")))  # fmt: skip
STREAM: Final = of(
    "DynamoDB::Table", KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
    StreamSpecification={"StreamViewType": "NEW_IMAGE"},
)  # fmt: skip
MAPPED: Final = of("Lambda::EventSourceMapping", FunctionName=ref("Fn"), EventSourceArn=att("Table", "StreamArn"),
                   StartingPosition="LATEST")  # fmt: skip
EDGE: Final[Resources] = {
    **function(), "Version": of("Lambda::Version", FunctionName=ref("Fn")),
    "Pages": of("CloudFront::Distribution", DistributionConfig={
        "Enabled": True, "Origins": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only"}}],
        "DefaultCacheBehavior": {
            "TargetOriginId": "o", "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "LambdaFunctionAssociations": [{"EventType": "viewer-request", "LambdaFunctionARN": ref("Version")}],
        },
    }),
}  # fmt: skip


def without_edge() -> Resources:
    new = {"Pages": copy.deepcopy(EDGE["Pages"])}
    del new["Pages"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]["LambdaFunctionAssociations"]
    return new


def key(**properties: Any) -> Resources:
    return {"Key": of("KMS::Key", KeyPolicy=policy(allow("kms:*") | {"Principal": ROOT}), **properties)}


PERMISSIONS: Final[Resources] = {
    f"LetIn{number}": of("Lambda::Permission", FunctionName=ref("Fn"), Action="lambda:InvokeFunction",
                         Principal="apigateway.amazonaws.com",
                         SourceArn=f"arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*/GET/notes/{number}")
    for number in range(80)
}  # fmt: skip

REPORTS: Final = [
    Report(
        what="A policy of a role names a principal",
        says="MalformedPolicyDocument: Policy document should not specify a principal",
        source="https://github.com/hashicorp/terraform/issues/13449", rule="E3510",
        new=ROLE | {"Policy": of("IAM::Policy", PolicyName="p", Roles=[ref("Role")], PolicyDocument=policy(
            allow("s3:GetObject") | {"Principal": {"AWS": "*"}}))},
    ),
    Report(
        what="A trust policy names no principal", says="The passed in policy has a statement with no principals!",
        source="https://github.com/terraform-aws-modules/terraform-aws-iam/issues/47", rule="E3530",
        new={"Role": of("IAM::Role", AssumeRolePolicyDocument=policy(Effect="Allow", Action="sts:AssumeRole"))},
    ),
    Report(
        what="A role's inline policies exceed 10,240 characters",
        says="Maximum policy size of 10240 bytes exceeded for role", source=f"{CDK}/4465",
        old=ROLE, new=ROLE | {"Policy": inline("files", 130)},
    ),
    Report(
        what="A role's policies are merged into a new policy, which is created before the old ones are deleted",
        says="Maximum policy size of 10240 bytes exceeded for role",
        source="https://github.com/alienplatform/alien/pull/300",
        old=ROLE | {"One": inline("one", 40), "Two": inline("two", 40)}, new=ROLE | {"All": inline("all", 80)},
    ),
    Report(
        what="A role gets its eleventh managed policy", says="Cannot exceed quota for PoliciesPerRole: 10",
        source="https://github.com/aws/eks-hybrid/pull/741",
        new=role(ManagedPolicyArns=[f"arn:aws:iam::111122223333:policy/p{number}" for number in range(11)]),
    ),
    Report(
        what="A managed policy of more than 6,144 characters", says="Cannot exceed quota for PolicySize: 6144",
        source="https://github.com/ministryofjustice/cloud-platform-environments/pull/14473",
        new={"Policy": of("IAM::ManagedPolicy", PolicyDocument=inline("files", 80)["Properties"]["PolicyDocument"])},
    ),
    Report(
        what="A trust policy of the size of an identity policy", says="Cannot exceed quota for ACLSizePerRole: 4096",
        source="https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2718",
        told="Cannot exceed quota for ACLSizePerRole",
        new={"Role": of("IAM::Role", AssumeRolePolicyDocument=policy(*(
            TRUST["Statement"][0] | {"Condition": {"StringEquals": {"aws:SourceArn": f"{number:0120}"}}}
            for number in range(20))))},
    ),
    Report(
        what="A key policy without a principal that can change it",
        says="The new key policy will not allow you to update the key policy in the future",
        source="https://github.com/widdix/aws-cf-templates/issues/259",
        new={"Key": of("KMS::Key", KeyPolicy=policy(allow("kms:Encrypt", "kms:Decrypt") | {"Principal": ROOT}))},
    ),
    Report(
        what="A deployed key becomes a multi-Region key",
        says="MultiRegion cannot be changed after the key is created",
        source=f"{REFERENCE}/TemplateReference/aws-resource-kms-key.html",
        old=key(), new=key(MultiRegion=True), told="The service lets MultiRegion be set at creation only",
    ),
    Report(
        what="A function's environment variables exceed 4 KB",
        says="the environment variables you have provided exceeded the 4KB limit",
        source="https://github.com/aws-samples/aws-genai-llm-chatbot/issues/583",
        new=function(Environment={"Variables": {"RULES": "x" * 4_100}}),
    ),
    Report(
        what="A function in a VPC whose role cannot create network interfaces",
        says="The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
        source="https://github.com/aws/aws-sam-cli/issues/617",
        new=function(VpcConfig={"SubnetIds": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0a1b2c3d"]}),
    ),
    Report(
        what="A function with a runtime that is no longer supported", says="nodejs8.10 is no longer supported",
        source="https://github.com/aws-quickstart/quickstart-onica-connected-camera/issues/12", rule="E2533",
        new=function(Runtime="nodejs8.10"),
    ),
    Report(
        what="One permission for each of 80 routes", says="The final policy size is bigger than the limit (20480)",
        source="https://github.com/serverless/serverless/issues/5357", new=function() | PERMISSIONS,
    ),
    Report(
        what="A table's stream is read before the role has permission",
        says="Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams",
        source=f"{CDK}/17412", new=function() | {"Table": STREAM, "Reads": READS, "Mapped": MAPPED},
    ),
    Report(
        what="A queue's visibility timeout is shorter than the function's timeout",
        says="Queue visibility timeout is less than Function timeout",
        source="https://github.com/aws/serverless-application-model/issues/1424",
        new=function(Timeout=60) | {"Queue": of("SQS::Queue"), "Mapped": of(
            "Lambda::EventSourceMapping", FunctionName=ref("Fn"), EventSourceArn=att("Queue", "Arn"))},
    ),
    Report(
        what="A Lambda@Edge function is removed from the stack",
        says="Lambda was unable to delete because it is a replicated function",
        source="https://github.com/aws-samples/cloudfront-authorization-at-edge/issues/246",
        old=EDGE, new=without_edge(), effect=Effect.REFUSED,
    ),
    Report(
        what="A resource depends on one that does not exist", says="Unresolved resource dependencies in the template",
        source="https://github.com/serverless/serverless/issues/2813", rule="E3005",
        new={"Topic": of("SNS::Topic") | {"DependsOn": "Nobody"}},
    ),
]  # fmt: skip
