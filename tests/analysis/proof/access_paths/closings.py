"""Resources that refer to owned data and its roles without opening access: a safe template stays proved."""

from collections.abc import Callable
from typing import Any

from tests.analysis.proof.access_paths.openings import (
    Document,
    Names,
    Opening,
    allow,
    att,
    join,
    of,
    reads,
    ref,
    role,
    seeded,
    sub,
)
from tests.analysis.proof.access_paths.openings_by_copy import COPY, replicated_into, replicates
from tests.analysis.proof.access_paths.openings_by_distribution import (
    IDENTITY,
    OWN_ACCOUNT,
    SECRET,
    SIGNED,
    distribution,
    kept,
    served,
    signed_by_a_function,
    with_right,
)
from tests.analysis.proof.access_paths.openings_by_service import PASSED, machine, nested_machine, route

SUB = "${!cognito-identity.amazonaws.com:sub}"


def closed_distribution(make: Callable[[Names], Document], resource: str = "/*") -> Callable[[Names], Opening]:
    return lambda names: served(names, make(names), join(names.bucket_arn, resource))


def logged(names: Names) -> Opening:
    logging = {"Bucket": att("Copy", "DomainName"), "Prefix": "cf/"}
    default = {**SIGNED, "RealtimeLogConfigArn": ref("Times")}
    stream = {"StreamType": "Kinesis", "KinesisStreamConfig": {"StreamArn": att("Stream"), "RoleArn": att("Writes")}}
    opening = served(names, distribution(names, default, Logging=logging))
    return Opening(
        resources={
            **opening.resources,
            "Copy": COPY,
            "Stream": of("AWS::Kinesis::Stream", ShardCount=1),
            "Writes": role("cloudfront.amazonaws.com", allow("kinesis:PutRecords", att("Stream"))),
            "Times": of("AWS::CloudFront::RealtimeLogConfig", Fields=["cs-uri-query"], EndPoints=[stream]),
            "Source": of("AWS::Logs::DeliverySource", Name="s", ResourceArn=att("Dist", "Arn")),
            "To": of("AWS::Logs::DeliveryDestination", Name="d", DestinationResourceArn=att("Copy")),
            "Takes": of("AWS::Logs::Delivery", DeliverySourceName=ref("Source"), DeliveryDestinationArn=att("To")),
        },
        bucket_policy=opening.bucket_policy,
    )


def granted(principal: Any, **condition: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        statement = allow("s3:GetObject", names.objects, Principal=principal)
        return Opening(bucket_policy=({**statement, "Condition": condition} if condition else statement,))

    return make


def replica(names: Names) -> Opening:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": att("Copy")}}]
    return Opening(
        resources={"Copy": COPY, **replicates(names)},
        bucket={"ReplicationConfiguration": {"Role": att("Replicates"), "Rules": rules}},
    )


def replica_of_ones_own(names: Names) -> Opening:
    made = replica(names)
    own = allow("s3:GetObject", sub(f"${{Copy.Arn}}/{names.folder}/{SUB}/*"))
    return Opening(resources=made.resources, bucket=made.bucket, user=(own,))


def replicated_from_ones_own(names: Names) -> Opening:
    return replicated_into(names, sub(f"/{names.folder}/{SUB}/*"))


def inventory(names: Names) -> Opening:
    del names
    where = {"BucketArn": att("Copy"), "Format": "CSV"}
    said = {"Id": "i", "Enabled": True, "IncludedObjectVersions": "All", "ScheduleFrequency": "Daily",
            "OptionalFields": ["Size"]}  # fmt: skip
    return Opening(
        resources={"Copy": COPY}, bucket={"InventoryConfigurations": [{**said, "Destination": where}]}
    )  # fmt: skip


def notified(kind: str, name: str, value: Any, **resources: Document) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        del names
        said = {"NotificationConfiguration": {kind: [{"Event": "s3:*", name: value}]}}
        return Opening(resources=resources, bucket=said)

    return make


def notified_by_the_cdk(names: Names) -> Opening:
    told = {"LambdaFunctionConfigurations": [{"Events": ["s3:ObjectCreated:*"], "LambdaFunctionArn": att("Runs")}]}
    made = of("Custom::S3BucketNotifications", ServiceToken="arn", BucketName=ref(names.bucket),
              NotificationConfiguration=told)  # fmt: skip
    return Opening(resources={"Told": made, "Runs": of("AWS::Lambda::Function", Role="arn")})


def subscribed(names: Names) -> Opening:
    subscription = of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=att("Q"),
                      FilterPolicy={"kind": ["a"]})  # fmt: skip
    queue = {"Q": of("AWS::SQS::Queue")}
    topic = notified("TopicConfigurations", "Topic", ref("Topic"), Topic=of("AWS::SNS::Topic"), S=subscription, **queue)
    return topic(names)


def function(names: Names, **more: Document) -> Document:
    made = of("AWS::Lambda::Function", Role=att("Acts"), Environment={"Variables": {"TABLE": ref(names.table)}})
    return {"Code": made, "Acts": role("lambda.amazonaws.com", *reads(names)), **more}


def code(**more: Document) -> Callable[[Names], Opening]:
    return lambda names: Opening(resources=function(names, **more))


def code_behind_a_route(auth: str) -> Callable[[Names], Opening]:
    uri = sub("arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Code.Arn}/invocations")
    integration = of("AWS::ApiGatewayV2::Integration", ApiId=ref("Http"), IntegrationUri=uri)
    opened = of(
        "AWS::ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey="GET /x", AuthorizationType=auth,
        Target=join("integrations/", ref("To")),
    )  # fmt: skip
    return code(Http=of("AWS::ApiGatewayV2::Api", ProtocolType="HTTP"), To=integration, Opened=opened)


def code_by_quick_create(names: Names) -> Opening:
    return code(Http=of("AWS::ApiGatewayV2::Api", Name="h", ProtocolType="HTTP", Target=att("Code")))(names)


def scheduled(machines: Callable[[Names], Document], started: str = "Machine") -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        target = {"Id": "1", "Arn": ref(started), "RoleArn": att("Starts")}
        rule = of("AWS::Events::Rule", ScheduleExpression="rate(1 day)", Targets=[target])
        starts = role("events.amazonaws.com", allow("states:StartExecution", ref(started)))
        return Opening(resources={**machines(names), "Rule": rule, "Starts": starts})

    return make


def public_route(names: Names) -> Opening:
    def uri(_: Names) -> Document:
        return sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/${{{names.bucket}}}/open/{{key}}")

    return Opening(resources=route("NONE", uri, **PASSED)(names).resources)


def as_the_caller(names: Names) -> Opening:
    def uri(_: Names) -> Document:
        return sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/${{{names.bucket}}}/{{key}}")

    made = route("AWS_IAM", uri, **PASSED)(names).resources
    made["Call"]["Properties"]["Integration"]["Credentials"] = "arn:aws:iam::*:user/*"
    return Opening(resources=made)


def taken_by(principal: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        made = role("x", *reads(names))
        made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = principal
        return Opening(resources={"Reads": made})

    return make


def backups(names: Names) -> Opening:
    rule = {"RuleName": "r", "TargetBackupVault": ref("Vault")}
    plan = of("AWS::Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]})
    chosen = {"SelectionName": "s", "IamRoleArn": "arn", "Resources": [names.table_arn]}
    selection = of("AWS::Backup::BackupSelection", BackupPlanId=ref("Plan"), BackupSelection=chosen)
    vault = of("AWS::Backup::BackupVault", BackupVaultName="v")
    return Opening(resources={"Vault": vault, "Plan": plan, "Selection": selection})


def read_parameter(names: Names) -> Opening:
    parameter = of("AWS::SSM::Parameter", Type="String", Value=ref(names.table))
    named = sub("arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${P}")
    return Opening(resources={"P": parameter}, user=(allow(["ssm:GetParameter", "ssm:GetParameters"], named),))


def scanned(names: Names) -> Opening:
    scan = role("malware-protection-plan.guardduty.amazonaws.com", *reads(names))
    alert = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
    return Opening(
        resources={
            "Plan": of("AWS::GuardDuty::MalwareProtectionPlan", Role=att("Scans"),
                       ProtectedResource={"S3Bucket": {"BucketName": ref(names.bucket)}}),
            "Scans": scan,
            "Rule": of("AWS::Events::Rule", EventPattern=alert, Targets=[{"Id": "1", "Arn": att("Alerts")}]),
            "Alerts": of("AWS::SNS::Topic"),
        }
    )  # fmt: skip


def named(type_: str, **properties: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        stand = {"BUCKET": ref(names.bucket), "TABLE": ref(names.table), "BUCKET_ARN": names.bucket_arn}
        filled = {name: stand.get(value, value) for name, value in properties.items()}
        return Opening(resources={"Names": of(type_, **filled)})

    return make


def signed_by_access_identity(names: Names) -> Opening:
    made = distribution(names, SIGNED)
    identity = join("origin-access-identity/cloudfront/", ref("Identity"))
    made["Properties"]["DistributionConfig"]["Origins"][0]["S3OriginConfig"] = {"OriginAccessIdentity": identity}
    grant = allow("s3:GetObject", names.objects, Principal={"CanonicalUser": att("Identity", "S3CanonicalUserId")})
    return Opening(resources={"Dist": made, "Identity": IDENTITY}, bucket_policy=(grant,))


def described(names: Names) -> Opening:
    table = att(names.table)
    places = [table, join(table, "/backup/*"), join(table, "/import/*"), join(table, "/stream/*")]
    return Opening(user=(allow("s3:GetBucket*", names.bucket_arn), allow("dynamodb:Describe*", places)))


def recognized(*actions: str) -> Callable[[Names], Opening]:
    """Actions on everything, beside a collection of faces of one's own."""
    own = allow(
        "rekognition:IndexFaces", sub(f"arn:aws:rekognition:${{AWS::Region}}:${{AWS::AccountId}}:collection/{SUB}")
    )
    return lambda _: Opening(user=(own, allow([*actions], "*")))


CLOSINGS: dict[str, Callable[[Names], Opening]] = {
    "a distribution for signed requests": closed_distribution(lambda names: distribution(names, SIGNED)),
    "a distribution for signed requests, by an access identity": signed_by_access_identity,
    "a distribution that a function signs for": signed_by_a_function,
    "a distribution that a function signs for, beside secrets of one's own": with_right(
        "secretsmanager:GetSecretValue", sub(f"arn:aws:secretsmanager:*:*:secret:{SUB}/*")
    ),
    "a distribution that a function signs for, beside a secret whose policy is for the account": kept(
        *SECRET, "secretsmanager:*", OWN_ACCOUNT
    ),
    "a distribution that a function signs for, beside a key with which users decrypt": kept(
        "AWS::KMS::Key", "KeyPolicy", "kms:Decrypt", att("User")
    ),
    "a distribution whose logs nobody reads": logged,
    "a distribution of what is public": closed_distribution(lambda names: distribution(names, {}), "/open/*"),
    "a distribution signed where owned objects are, and let in to the rest": closed_distribution(
        lambda names: distribution(names, {}, {"PathPattern": f"/{names.folder}/*", **SIGNED}), "/open/*"
    ),
    "a distribution whose default is another origin": closed_distribution(
        lambda names: distribution(names, {"TargetOriginId": "x"}, {"PathPattern": "open/*"})
    ),
    "a distribution signed by default, and open elsewhere": closed_distribution(
        lambda names: distribution(names, SIGNED, {"PathPattern": f"{names.folder}-thumbs/*"})
    ),
    "a distribution that is off": closed_distribution(lambda names: distribution(names, {}, Enabled=False)),
    "a service for this account": granted(
        {"Service": "logs.amazonaws.com"}, StringEquals={"aws:SourceAccount": OWN_ACCOUNT}
    ),
    "a service for a resource of this account": granted(
        {"Service": "s3.amazonaws.com"}, ArnLike={"aws:SourceArn": sub("arn:aws:s3:::${Bucket}")}
    ),
    "this account": granted({"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")}),
    "everyone, where public policies are blocked": lambda names: Opening(
        bucket_policy=(allow("s3:GetObject", join(names.bucket_arn, "/open/*"), Principal="*"),)
    ),
    "a source of which everybody writes their own": replicated_from_ones_own,
    "a source of other objects": lambda names: replicated_into(names, "/uploads/*"),
    "a replica that nobody reads": replica,
    "a replica of which everybody reads their own": replica_of_ones_own,
    "an inventory that nobody reads": inventory,
    "notifications to a function": notified(
        "LambdaConfigurations", "Function", att("Runs"), Runs=of("AWS::Lambda::Function", Role="arn")
    ),
    "notifications to a queue that nobody reads": notified(
        "QueueConfigurations", "Queue", att("Queue"), Queue=of("AWS::SQS::Queue")
    ),
    "notifications to a function by the CDK": notified_by_the_cdk,
    "notifications to a topic with a filtered subscription": subscribed,
    "code": code(),
    "code with an open URL": code(Url=of("AWS::Lambda::Url", AuthType="NONE", TargetFunctionArn=att("Code"))),
    "code behind an open route": code_behind_a_route("NONE"),
    "code behind a route by token": code_behind_a_route("JWT"),
    "code behind a route that quick create makes": code_by_quick_create,
    "code that a queue runs": code(
        Mapping=of("AWS::Lambda::EventSourceMapping", FunctionName=ref("Code"), EventSourceArn="arn")
    ),
    "code that signing up runs": code(
        Pool=of("AWS::Cognito::UserPool", LambdaConfig={"PostConfirmation": att("Code")})
    ),
    "code in containers": lambda names: Opening(
        resources={
            "Task": of("AWS::ECS::TaskDefinition", TaskRoleArn=att("Acts")),
            "Acts": role("ecs-tasks.amazonaws.com", *reads(names)),
        }
    ),
    "code on machines": lambda names: Opening(
        resources={
            "Machine": of("AWS::EC2::Instance", IamInstanceProfile=ref("Profile")),
            "Profile": of("AWS::IAM::InstanceProfile", Roles=[ref("Acts")]),
            "Acts": role("ec2.amazonaws.com", *reads(names)),
        }
    ),
    "a state machine on a schedule": scheduled(machine),
    "a state machine that another starts on a schedule": scheduled(nested_machine, "Outer"),
    "an open route that reads what is public": public_route,
    "a route that acts as its caller": as_the_caller,
    "a role for this account": taken_by({"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")}),
    "a role that nothing here uses": taken_by({"Service": "lambda.amazonaws.com"}),
    "backups in a vault of this account": backups,
    "a parameter with the bucket's name": named("AWS::SSM::Parameter", Type="String", Value="BUCKET"),
    "a parameter with the table's name that users read": read_parameter,
    "a scan for malware": scanned,
    "every description of the bucket and the table": described,
    "text in images, beside faces of one's own": recognized("rekognition:DetectText", "rekognition:CompareFaces"),
    "an alarm": named("AWS::CloudWatch::Alarm", Dimensions="TABLE"),
    "scaling": named("AWS::ApplicationAutoScaling::ScalableTarget", ResourceId="TABLE", RoleARN="arn"),
    "a custom resource": named("Custom::Seed", ServiceToken="arn", Table="TABLE"),
    "an object that the CDK puts at deployment": seeded("putObject"),
    "names for a build of pages": named("AWS::Amplify::App", Name="a", EnvironmentVariables="BUCKET"),
    "an endpoint's policy": named("AWS::EC2::VPCEndpoint", PolicyDocument="BUCKET_ARN"),
}
