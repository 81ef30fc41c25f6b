"""Differences between the local cloud and AWS, printed by `cognito-app status` and listed in `docs/local-cloud.md`.

One row for each difference that could mislead a developer. A change that closes a difference removes its row. A new row
goes here and into the document; a test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

USER_POOL: Final = "AWS::Cognito::UserPool"
USER_POOL_CLIENT: Final = "AWS::Cognito::UserPoolClient"
DOMAIN: Final = "AWS::Cognito::UserPoolDomain"
IDENTITY_POOL: Final = "AWS::Cognito::IdentityPool"
PROVIDER: Final = "AWS::Cognito::UserPoolIdentityProvider"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Difference between the local cloud and AWS.

    Args:
        area: The chapter of the document, such as `Sign-in`.
        here: The local behavior, compared with AWS's.
        kinder: Whether the local cloud allows something that AWS refuses. False: it refuses or lacks something that
            AWS allows.
        reason: The reason for the difference.
        concerns: The affected resource types. Empty: every app.
    """

    area: Literal["Sign-in", "Calls", "State", "Any app"]
    here: str
    kinder: bool
    reason: str
    concerns: frozenset[str] = frozenset()


DIFFERENCES: Final[tuple[Difference, ...]] = (
    Difference(
        area="Sign-in",
        here="E-mails and SMS are kept (`cognito-app messages`), never sent; sender and quotas are not checked.",
        kinder=True,
        reason="Nothing leaves the machine.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Only an OIDC provider on this machine can sign users in; social and SAML sign-in are refused.",
        kinder=False,
        reason="Nothing leaves the machine, and MiniStack does not check the signature of a SAML response.",
        concerns=frozenset({PROVIDER}),
    ),
    Difference(
        area="Sign-in",
        here="Identity pools accept tokens of user pools only, not of social, OIDC, SAML or developer providers.",
        kinder=False,
        reason="The keys of other providers are not on this machine, so their tokens cannot be checked.",
        concerns=frozenset({IDENTITY_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Passkeys (`WEB_AUTHN`) are refused.",
        kinder=False,
        reason="No authenticator is part of the local cloud.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Calls about branding, terms, imports, replicas, risk, logs and session lists are refused.",
        kinder=False,
        reason="An app's sign-in does not depend on them.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="A pool waits for its functions as long as the function's own timeout; AWS waits 5 seconds.",
        kinder=True,
        reason="A cold start on a busy machine takes longer than one on AWS.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Threat protection, leaked passwords and request rates are not checked; failed attempts are.",
        kinder=True,
        reason="AWS publishes neither the data nor the exact limits.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="The feature plan is enforced for threat protection and password history only.",
        kinder=True,
        reason="The CDK's validation reports the other features.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Updates of pools and clients through the API keep omitted settings; AWS resets them.",
        kinder=True,
        reason="CloudFormation sends every setting, so a deployed stack is the same.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="An administrator may give ID and access tokens a lifetime that AWS refuses.",
        kinder=True,
        reason="The story needs a genuine expired token.",
        concerns=frozenset({USER_POOL_CLIENT}),
    ),
    Difference(
        area="Sign-in",
        here="A sign-in in progress and an authorization code become invalid when the local cloud stops.",
        kinder=False,
        reason="They are valid for three and five minutes.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="If a required second factor is missing, only an authenticator app can be set up during sign-in.",
        kinder=False,
        reason="E-mail and SMS count as soon as they are verified.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Verification e-mails contain a code instead of a link.",
        kinder=False,
        reason="The link leads to an AWS page.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Sign-in",
        here="Hosted pages require the password each time, and have a plain layout.",
        kinder=False,
        reason="They serve to sign in, not to preview branding.",
        concerns=frozenset({DOMAIN}),
    ),
    Difference(
        area="Sign-in",
        here="If AWS publishes no text of an error, the code is AWS's and the text is the local cloud's.",
        kinder=False,
        reason="The reference names codes and few texts.",
        concerns=frozenset({USER_POOL}),
    ),
    Difference(
        area="Calls",
        here="One address serves every region: the region in a call's signature determines its region.",
        kinder=True,
        reason="A project has one port.",
    ),
    Difference(
        area="Calls",
        here="Rights on a customer managed KMS key are not required to use what is encrypted with it.",
        kinder=True,
        reason="MiniStack asks for them in calls of KMS only, not in calls of S3, DynamoDB, SQS and others.",
        concerns=frozenset({"AWS::KMS::Key"}),
    ),
    Difference(
        area="Calls",
        here="Requests are throttled by an API's settings and usage plans only, not by account quotas.",
        kinder=True,
        reason="AWS's quotas differ by account and change.",
    ),
    Difference(
        area="Calls",
        here="Concurrent calls of one function share a few processes before more are started.",
        kinder=False,
        reason="One interpreter for each call would exhaust a developer's machine.",
        concerns=frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"}),
    ),
    Difference(
        area="Calls",
        here="PartiQL is refused where a policy requires `dynamodb:LeadingKeys`.",
        kinder=False,
        reason="The partition keys of a statement are not read; such apps call the operations on items.",
        concerns=frozenset({"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}),
    ),
    Difference(
        area="Calls",
        here="Payloads of APIs and functions, object keys and object metadata may exceed AWS's sizes.",
        kinder=True,
        reason="MiniStack does not compare them with AWS's quotas.",
        concerns=frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function", "AWS::S3::Bucket"}),
    ),
    Difference(
        area="Calls",
        here="Policies of event buses, and the condition keys of events, are not evaluated.",
        kinder=True,
        reason="MiniStack stores the policies only.",
        concerns=frozenset({"AWS::Events::EventBus", "AWS::Events::EventBusPolicy"}),
    ),
    Difference(
        area="Calls",
        here="`aws:UserAgent`, and the tags in the body of `PutObjectTagging`, are no condition keys.",
        kinder=True,
        reason="MiniStack evaluates policies without these parts of a request.",
    ),
    Difference(
        area="Calls",
        here="`ReEncrypt`, `DeleteIdentities` and `GetOpenIdTokenForDeveloperIdentity` are refused.",
        kinder=False,
        reason="MiniStack does not have these calls.",
        concerns=frozenset({"AWS::KMS::Key", "AWS::Cognito::IdentityPool"}),
    ),
    Difference(
        area="Calls",
        here="A bucket policy may name a principal that does not exist; AWS answers `MalformedPolicy`.",
        kinder=True,
        reason="MiniStack does not look principals up.",
        concerns=frozenset({"AWS::S3::BucketPolicy"}),
    ),
    Difference(
        area="Calls",
        here="A form upload (POST) over an object with tags keeps them, if it has none itself.",
        kinder=True,
        reason="Tags are replaced by the other ways to write.",
        concerns=frozenset({"AWS::S3::Bucket"}),
    ),
    Difference(
        area="Calls",
        here="`FilterExpression` may name key attributes; `dynamodb:ReturnConsumedCapacity` is no condition key.",
        kinder=True,
        reason="MiniStack does not check these parts of a request.",
        concerns=frozenset({"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}),
    ),
    Difference(
        area="Calls",
        here="Policies on one Kinesis stream or table do not apply to foreign iterators, exports and lists of tags.",
        kinder=True,
        reason="The name of the resource is inside a token or an ARN that MiniStack does not read.",
        concerns=frozenset({"AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}),
    ),
    Difference(
        area="Calls",
        here="Environments of functions above 4 KB and reserved names of variables are accepted.",
        kinder=True,
        reason="MiniStack does not check them; AWS refuses the deployment.",
        concerns=frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"}),
    ),
    Difference(
        area="Calls",
        here="`SetIdentityPoolRoles` accepts any number of rules; AWS accepts 25.",
        kinder=True,
        reason="MiniStack does not check them; the constructs do.",
        concerns=frozenset({"AWS::Cognito::IdentityPoolRoleAttachment"}),
    ),
    Difference(
        area="Calls",
        here="A preflight to an HTTP API without CORS configuration is refused, even if a route would answer it.",
        kinder=False,
        reason="MiniStack answers preflights before routes; configure CORS on the API.",
        concerns=frozenset({"AWS::ApiGatewayV2::Api"}),
    ),
    Difference(
        area="Calls",
        here="A log stream keeps its newest 5,000 events.",
        kinder=False,
        reason="A long session would exhaust the machine's memory.",
    ),
    Difference(
        area="Calls",
        here="A distribution is available only under its `cloudfront.net` name, and caches nothing.",
        kinder=True,
        reason="Custom domain names need DNS; the cache policy determines the lifetime of cached files.",
        concerns=frozenset({"AWS::CloudFront::Distribution"}),
    ),
    Difference(
        area="Calls",
        here="Channel handlers have no data sources; of AppSync's modules, `util.unauthorized` and `util.error` exist.",
        kinder=False,
        reason="A handler's decisions are emulated; its requests to other services are not.",
        concerns=frozenset({"AWS::AppSync::ChannelNamespace"}),
    ),
    Difference(
        area="Calls",
        here="An Event API accepts signatures, tokens of its user pool and API keys; authorizers and OIDC are refused.",
        kinder=False,
        reason="Apps with Cognito use these.",
        concerns=frozenset({"AWS::AppSync::Api"}),
    ),
    Difference(
        area="Calls",
        here="A load balancer is reached by its certificate's name, without DNS, security groups or health checks.",
        kinder=True,
        reason="A project has one port, and targets are processes of this machine.",
        concerns=frozenset({"AWS::ElasticLoadBalancingV2::LoadBalancer"}),
    ),
    Difference(
        area="Calls",
        here="ECS tasks run no container: a process of this machine replaces them, named as an IP target.",
        kinder=False,
        reason="The local cloud needs no Docker.",
        concerns=frozenset({"AWS::ECS::Service"}),
    ),
    Difference(
        area="Calls",
        here="A load balancer's session ends with the access token; AWS renews that while the session lasts.",
        kinder=False,
        reason="The session is in cookies, and signing in again takes one click.",
        concerns=frozenset({"AWS::ElasticLoadBalancingV2::LoadBalancer"}),
    ),
    Difference(
        area="State",
        here="A stack whose creation is interrupted by a kill of the local cloud is in the state after a rollback.",
        kinder=False,
        reason="The creation is not resumed; the next deployment creates the stack again.",
    ),
    Difference(
        area="State",
        here="A multipart upload in progress must start again after the local cloud stops.",
        kinder=False,
        reason="MiniStack keeps parts in memory.",
        concerns=frozenset({"AWS::S3::Bucket"}),
    ),
    Difference(
        area="State",
        here="Stream records and unread logs of the last five seconds may be lost after a kill.",
        kinder=False,
        reason="No client received a confirmation of them.",
    ),
    Difference(
        area="Any app",
        here="Stacks pinned to several accounts are refused.",
        kinder=False,
        reason="A local cloud is one account: the one that the app is pinned to.",
    ),
    Difference(
        area="Any app",
        here="Functions on Node have thirty packages of the AWS SDK in addition to their own, not the whole SDK.",
        kinder=False,
        reason="The whole SDK exceeds a gigabyte; `AwsCustomResource` and apps with Cognito use these packages.",
        concerns=frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"}),
    ),
    Difference(
        area="Any app",
        here="AWS IoT evaluates only the role, not the additional IoT policy of signed-in users.",
        kinder=True,
        reason="MiniStack stores IoT policies but does not evaluate them for a publication.",
        concerns=frozenset({"AWS::IoT::Policy", "AWS::IoT::Thing", "AWS::IoT::TopicRule"}),
    ),
    Difference(
        area="Any app",
        here="The policy simulator does not support resource policies and service control policies.",
        kinder=False,
        reason="`cognito-app verify` uses it for identity policies and boundaries.",
    ),
    Difference(
        area="Any app",
        here="A table's replica in another region is not created; calls there are refused.",
        kinder=False,
        reason="A local cloud has the data of one region under one address.",
        concerns=frozenset({"AWS::DynamoDB::GlobalTable"}),
    ),
    Difference(
        area="Any app",
        here="A function URL's streamed response arrives as a whole, when it is complete, and as text.",
        kinder=False,
        reason="MiniStack's functions return one line of JSON.",
        concerns=frozenset({"AWS::Lambda::Url"}),
    ),
)
"""Every known difference, in the order of the document."""


def differences(types: Iterable[str] | None = None) -> list[Difference]:
    """Return the differences that affect an app.

    Args:
        types: The deployed resource types. None: all differences.
    """
    if types is None:
        return list(DIFFERENCES)
    deployed = frozenset(types)
    return [each for each in DIFFERENCES if not each.concerns or each.concerns & deployed]
