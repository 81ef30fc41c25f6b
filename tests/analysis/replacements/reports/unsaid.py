"""Reports of refusals that no template can show."""

from typing import Final

from tests.analysis.replacements.reports.report import CDK, ROADMAP, Unsaid

UNSAID: Final = [
    Unsaid(
        what="A domain prefix that another account has", says="Domain already associated with another user pool",
        source="https://github.com/aws-samples/dcv-web-portal/issues/16",
        why="Prefixes are taken by whoever came first, in all accounts of a region.",
    ),
    Unsaid(
        what="A user pool is deleted that got a domain by hand",
        says="User pool cannot be deleted. It has a domain configured that should be deleted first",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/16479",
        why="The domain is in no template; one that is there is deleted first.",
    ),
    Unsaid(
        what="A stack is destroyed, its pool retained and the role for its text messages not",
        says="Role does not have a trust relationship allowing Cognito to assume the role",
        source="https://github.com/awslabs/nx-plugin-for-aws/pull/631",
        why="The pool's next update, by hand and outside the stack, is what fails.",
    ),
    Unsaid(
        what="Notifications of a bucket that has others already",
        says="Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules",
        source="https://github.com/awslabs/cdk-serverless-clamscan/issues/612",
        why="What an imported bucket notifies stands on the bucket.",
    ),
    Unsaid(
        what="A public bucket in an account that blocks them all", says="Access Denied (Service: S3, Status Code: 403)",
        source="https://github.com/aws-samples/unishop-monolith-to-microservices/issues/47",
        why="It is a setting of the account.",
    ),
    Unsaid(
        what="A trust policy names a role that does not exist",
        says="MalformedPolicyDocument: Invalid principal in policy",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/8905",
        why="The role is of another stack or account.",
    ),
    Unsaid(
        what="The organisation forbids what a function's role may do",
        says="The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
        source="https://github.com/aws-samples/aws-codepipeline-bitbucket-integration/issues/19",
        why="Service control policies are the organisation's.",
    ),
    Unsaid(
        what="Concurrency is reserved in an account that has little",
        says="ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below",
        source="https://github.com/aws-samples/alarm-context-tool/issues/2",
        why="The quota is the account's: 10 in a new one, 1,000 in most.",
    ),
    Unsaid(
        what="Provisioned concurrency for code that does not start",
        says="Provisioned Concurrency configuration failed to be applied. Reason: FUNCTION_ERROR_INIT_FAILURE",
        source=f"{CDK}/6016", why="The code fails, not the template.",
    ),
    Unsaid(
        what="A web ACL of CloudFront in a stack of another region than us-east-1",
        says="The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
        source="https://github.com/aws-solutions/aws-waf-security-automations/issues/187",
        why="A template does not say its region. Our constructs take no web ACL of the wrong kind.",
    ),
    Unsaid(
        what="A deployed service gets a load balancer",
        says="The target group does not have an associated load balancer", source=f"{ROADMAP}/1868",
        why="CloudFormation did not keep to DependsOn in that update: the template was right.",
    ),
]  # fmt: skip
