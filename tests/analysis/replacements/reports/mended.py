"""The remedy of each report that a rule of this library detects: the corrected deployment."""

import copy
from typing import Any, Final

from tests.analysis.replacements.reports import api, cognito, delivery, functions, storage
from tests.analysis.replacements.reports.report import POOL, ROLE, Resources, of, ref
from tests.analysis.replacements.reports.updates import HTTP


def waits(resources: Resources, name: str, *others: str) -> Resources:
    """Return resources of which one depends on others."""
    return {**resources, name: {**resources[name], "DependsOn": list(others)}}


def _reported(reports: list[Any], what: str) -> Resources:
    (found,) = [each.new for each in reports if each.what == what]
    assert found is not None
    return copy.deepcopy(found)


LET_IN: Final = waits(
    storage.FUNCTION | storage.bucket(NotificationConfiguration=storage.NOTIFIED) | {"LetIn": storage.LET_IN},
    "Bucket", "LetIn",
)  # fmt: skip
OPEN: Final = {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
LISTENED: Final = waits(delivery.balanced("internal") | {"Service": delivery.SERVICE}, "Service", "Listener")
NAMED_AFTER: Final = copy.deepcopy(delivery.balanced("internet-facing"))
NAMED_AFTER["Group"]["Properties"]["Name"] = {"Fn::GetAtt": ["Balancer", "LoadBalancerName"]}
KEPT_EDGE: Final = functions.without_edge() | {
    "Fn": functions.EDGE["Fn"] | {"DeletionPolicy": "Retain"}, "Version": functions.EDGE["Version"],
}  # fmt: skip
RIGHTS: Final = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
DEPLOYED: Final = "A REST API is deployed before it has methods"
TWICE: Final = "Two notifications for the same event of all objects"
UNTOLD: Final = "A function in a VPC whose role cannot create network interfaces"
FULL: Final = "A role's inline policies exceed 10,240 characters"

MENDED: Final[dict[str, Resources]] = {
    "A custom attribute is required": cognito.pool(Schema=[cognito.TEAM]),
    "An e-mail address must be verified before an update, and the pool verifies no e-mail address": cognito.pool(
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
        AutoVerifiedAttributes=["email"],
    ),
    "A second factor is required, without a sender of text messages": cognito.pool(
        MfaConfiguration="OPTIONAL", EnabledMfas=["SOFTWARE_TOKEN_MFA"]
    ),
    "Threat protection on the plan Essentials": cognito.pool(
        UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    ),
    "A domain prefix that begins with aws": cognito.domain("notes-app"),
    "A client uses a provider that is created at the same time": waits(
        cognito.provider(ProviderName="Google", ProviderType="Google", ProviderDetails=cognito.DETAILS)
        | cognito.client(SupportedIdentityProviders=["COGNITO", "Google"]), "Client", "Provider",
    ),
    "A client's scope belongs to a resource server that is created at the same time": waits(
        cognito.client(AllowedOAuthScopes=["orders/read"], **cognito.HOSTED)
        | {"Server": of("Cognito::UserPoolResourceServer", UserPoolId=ref("Pool"), Identifier="orders", Name="o")},
        "Client", "Server",
    ),
    "A client's scope is `Cognito`": cognito.client(AllowedOAuthScopes=["profile"], **cognito.HOSTED),
    "A client's scope belongs to no resource server": cognito.client(AllowedOAuthScopes=["openid"], **cognito.HOSTED),
    "A refresh token is valid for 36,500 days": cognito.client(
        RefreshTokenValidity=36_500, TokenValidityUnits={"RefreshToken": "minutes"}
    ),
    "A provider of the type Google has another name": cognito.provider(
        ProviderName="Google", ProviderType="Google", ProviderDetails=cognito.DETAILS
    ),
    "A social provider without its secret": cognito.provider(
        ProviderName="Google", ProviderType="Google", ProviderDetails=cognito.DETAILS
    ),
    "Roles are mapped for a user pool's URL": {
        **POOL, "Roles": of("Cognito::IdentityPoolRoleAttachment", IdentityPoolId=ref("Identities"), RoleMappings={
            "pool": {"Type": "Token", "AmbiguousRoleResolution": "Deny",
                     "IdentityProvider": {"Fn::Sub": "cognito-idp.us-east-1.amazonaws.com/${Pool}:${Client}"}}
        }),
    },
    "A bucket policy with public access, on a bucket with the default settings":
        storage.bucket(PublicAccessBlockConfiguration=OPEN)
    | {"Policy": of("S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=storage.READ_BY_ALL)},
    "A bucket notifies a function before S3 may invoke it": LET_IN,
    TWICE: storage.bucket(NotificationConfiguration=storage.queues("s3:ObjectCreated:*", "s3:ObjectRemoved:*")),
    "A bucket without versioning is replicated": storage.bucket(
        ReplicationConfiguration=storage.COPIED, **storage.VERSIONED
    ) | {"Copy": of("S3::Bucket", **storage.VERSIONED)},
    "A bucket is replicated to one without versioning": storage.bucket(
        ReplicationConfiguration=storage.COPIED, **storage.VERSIONED
    ) | {"Copy": of("S3::Bucket", **storage.VERSIONED)},
    "An index of a table with provisioned capacity has no capacity": storage.on_demand(storage.index("by_a", "a")),
    "A global table has no capacity settings": storage.table(
        "GlobalTable", Replicas=[{"Region": "us-east-1"}], BillingMode="PAY_PER_REQUEST"
    ),
    FULL: ROLE | {"Policy": functions.inline("files", 100)},
    "A role's policies are merged into a new policy, which is created before the old ones are deleted": ROLE
    | {"All": of("IAM::ManagedPolicy", Roles=[ref("Role")],
                 PolicyDocument=functions.inline("f", 60)["Properties"]["PolicyDocument"])},
    "A role gets its eleventh managed policy": functions.role(
        ManagedPolicyArns=[f"arn:aws:iam::111122223333:policy/p{number}" for number in range(10)]
    ),
    "A managed policy of more than 6,144 characters": {
        "Policy": of("IAM::ManagedPolicy", PolicyDocument=functions.inline("f", 60)["Properties"]["PolicyDocument"])
    },
    "A trust policy of the size of an identity policy": ROLE,
    "A key policy without a principal that can change it": functions.key(),
    "A function's environment variables exceed 4 KB":
        functions.function(Environment={"Variables": {"RULES": "x" * 4_000}}),
    UNTOLD: functions.role(ManagedPolicyArns=[RIGHTS])
    | {"Fn": _reported(functions.REPORTS, UNTOLD)["Fn"]},
    "One permission for each of 80 routes": functions.function()
    | {name: each for name, each in functions.PERMISSIONS.items() if name.endswith("0")},
    "A table's stream is read before the role has permission": waits(
        functions.function() | {"Table": functions.STREAM, "Reads": functions.READS, "Mapped": functions.MAPPED},
        "Mapped", "Reads",
    ),
    "A queue's visibility timeout is shorter than the function's timeout": functions.function(Timeout=60) | {
        "Queue": of("SQS::Queue", VisibilityTimeout=360),
        "Mapped": of("Lambda::EventSourceMapping", FunctionName=ref("Fn"),
                     EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]}),
    },
    "A Lambda@Edge function is removed from the stack": KEPT_EDGE,
    DEPLOYED: waits(_reported(api.REPORTS, DEPLOYED), "Deployment", "Get"),
    "A variable in a path of an HTTP API is renamed": HTTP
    | {"One": api.route("GET /orgs/{orgId}/stages/{stage_id}")},
    "A route of an HTTP API becomes public, and its authorizer is removed at the same time": HTTP
    | {"Get": api.route("GET /notes", AuthorizationType="NONE")},
    "A stage throttles a route that no longer exists": waits(HTTP | {"Get": api.route("GET /world"), "Stage": of(
        "ApiGatewayV2::Stage", ApiId=ref("Http"), StageName="$default",
        RouteSettings={"GET /world": {"ThrottlingBurstLimit": 1}})}, "Stage", "Get"),
    "An HTTP API allows credentials from every origin": {
        "Http": of("ApiGatewayV2::Api", Name="h", ProtocolType="HTTP",
                   CorsConfiguration={"AllowCredentials": True, "AllowOrigins": ["https://app.example.com"]})
    },
    "A distribution's certificate is in the stack's region": delivery.pages(
        "arn:aws:acm:us-east-1:111122223333:certificate/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
    ),
    "A cache policy without caching has a header in its key": {
        "Policy": of("CloudFront::CachePolicy", CachePolicyConfig={
            "Name": "p", "MinTTL": 0, "MaxTTL": 1, "DefaultTTL": 0,
            "ParametersInCacheKeyAndForwardedToOrigin": delivery.cache(**delivery.AUTHORIZATION)})
    },
    "An origin request policy forwards Authorization": {
        "Policy": of("CloudFront::OriginRequestPolicy", OriginRequestPolicyConfig={
            "Name": "p", "CookiesConfig": {"CookieBehavior": "none"}, "HeadersConfig": {"HeaderBehavior": "allViewer"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"}})
    },
    "A web ACL is associated with a distribution": {
        "Guard": of("WAFv2::WebACLAssociation", ResourceArn=ref("Pool"), WebACLArn="arn:aws:wafv2:us-east-1:1:r/w")
    },
    "A name's CNAME record becomes an A record of another construct": {"Alias": delivery.record("CNAME")},
    "A service is registered before a listener has its target group": LISTENED,
    "A load balancer is replaced, and its target group is not": NAMED_AFTER,
}  # fmt: skip
"""The title of each report, and the new side that AWS accepts."""
