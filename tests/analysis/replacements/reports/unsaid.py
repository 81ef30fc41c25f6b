"""Reports of refusals that no template can show."""

from typing import Final

from tests.analysis.replacements.reports.report import CDK, ROADMAP, Unsaid

UNSAID: Final = [
    Unsaid(
        what="A domain prefix that another account uses", says="Domain already associated with another user pool",
        source="https://github.com/aws-samples/dcv-web-portal/issues/16",
        why="Prefixes are unique among all accounts of a region.",
    ),
    Unsaid(
        what="A user pool with a manually created domain is deleted",
        says="User pool cannot be deleted. It has a domain configured that should be deleted first",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/16479",
        why="The domain is in no template; a domain in the template is deleted first.",
    ),
    Unsaid(
        what="A stack is destroyed, its pool is retained and the role for its text messages is not",
        says="Role does not have a trust relationship allowing Cognito to assume the role",
        source="https://github.com/awslabs/nx-plugin-for-aws/pull/631",
        why="The pool's next update fails, which is manual and outside the stack.",
    ),
    Unsaid(
        what="Notifications of an imported bucket that already has others",
        says="Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules",
        source="https://github.com/awslabs/cdk-serverless-clamscan/issues/612",
        why="The notifications of an imported bucket are not in the template.",
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
        what="A service control policy denies the permissions of a function's role",
        says="The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
        source="https://github.com/aws-samples/aws-codepipeline-bitbucket-integration/issues/19",
        why="Service control policies belong to the organization.",
    ),
    Unsaid(
        what="Concurrency is reserved in an account with a low quota",
        says="ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below",
        source="https://github.com/aws-samples/alarm-context-tool/issues/2",
        why="The quota depends on the account: 10 in a new one, 1,000 in most.",
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
        why="A template does not contain its region. The constructs here refuse a web ACL of the wrong kind.",
    ),
    Unsaid(
        what="A deployed service gets a load balancer",
        says="The target group does not have an associated load balancer", source=f"{ROADMAP}/1868",
        why="CloudFormation did not respect DependsOn in that update; the template was correct.",
    ),
]  # fmt: skip
