"""Templates of the size and shape of real apps: many functions with roles, many routes, many conditions."""

from typing import Any

from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import SUB, Document, template

FUNCTIONS = 60
ROUTES = 97
TABLES = 12
BUCKETS = 4


def statement(actions: list[str], resources: list[Any], condition: Document | None = None) -> Document:
    made: Document = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**made, "Condition": condition} if condition else made


def arn(logical_id: str, rest: str = "") -> Document:
    return {"Fn::Join": ["", [{"Fn::GetAtt": [logical_id, "Arn"]}, rest]]}


def call(path: str, stage: str = "*") -> Document:
    """Return a call's ARN as the constructs write it: `Fn::Sub` would take a policy variable for its own."""
    region, account = {"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}
    parts = ["arn:aws:execute-api:", region, ":", account, ":", {"Ref": "Api"}, f"/{stage}/{path}"]
    return {"Fn::Join": ["", parts]}


def routes() -> list[tuple[str, str]]:
    """Return methods and paths: a third below the caller's own path."""
    methods = ("GET", "POST", "PUT", "DELETE")
    found = []
    for number in range(ROUTES):
        base = f"/users/{{user}}/things{number // 4}" if number % 3 == 0 else f"/things{number // 4}/{{id}}"
        found.append((methods[number % 4], base))
    return found


def functions() -> Document:
    """Return functions, each with a role for two tables and a bucket, some with more than they need."""
    made: Document = {}
    for number in range(FUNCTIONS):
        tables = [f"Data{number % TABLES}", f"Data{(number * 5 + 1) % TABLES}"]
        said = [
            statement(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [{"Fn::Sub": f"arn:aws:logs:*:*:log-group:/fn{number}:*"}],
            ),
            statement(
                ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                [arn(each, rest) for each in tables for rest in ("", "/index/*")],
            ),
            statement(["s3:GetObject", "s3:PutObject"], [arn(f"Files{number % BUCKETS}", f"/fn{number}/*")]),
        ]
        if number % 6 == 0:
            said.append(statement(["s3:*"], [arn(f"Files{number % BUCKETS}"), arn(f"Files{number % BUCKETS}", "/*")]))
        if number % 10 == 0:
            said.append(statement(["sns:Publish", "sqs:SendMessage", "ses:SendEmail"], ["*"]))
        made[f"FnRole{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                    }
                },
                "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": said}}],
            },
        }
        made[f"Fn{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": {"Fn::GetAtt": [f"FnRole{number}", "Arn"]}, "Code": {"ZipFile": "x"}},
        }
    return made


def stores() -> Document:
    """Return the tables and buckets of the functions."""
    keys = [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}]
    index = [{"IndexName": "byId", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}]
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": keys, "GlobalSecondaryIndexes": index}}
    return {
        **{f"Data{number}": table for number in range(TABLES)},
        **{f"Files{number}": {"Type": "AWS::S3::Bucket"} for number in range(BUCKETS)},
    }


def api() -> Document:
    """Return an HTTP API with one resource per route."""
    made: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}}
    for number, (method, path) in enumerate(routes()):
        made[f"Route{number}"] = {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": f"{method} {path}", "AuthorizationType": "AWS_IAM"},
        }
    return made


def users(own: str) -> list[Document]:
    """Return what signed-in users may do: their own folders, rows and paths, and the shared routes."""
    mine = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    paths = [f"{method}{path}".replace("{user}", own).replace("{id}", "*") for method, path in routes()]
    return [
        statement(
            ["s3:GetObject", "s3:PutObject"], [arn(f"Files{number}", f"/private/{SUB}/*") for number in range(BUCKETS)]
        ),
        statement(["dynamodb:GetItem", "dynamodb:Query"], [arn(f"Data{number}") for number in range(TABLES)], mine),
        statement(["execute-api:Invoke"], [call(path) for path in paths]),
    ]


def app(extra: list[Document] | None = None, *, own: str = SUB) -> Template:
    """Return an app of 60 functions and 97 routes."""
    body = template([*users(own), *(extra or [])], more={**functions(), **stores(), **api()})
    return Template(name="Large", body=body, source="large")


def many_conditions(count: int = 5) -> Template:
    """Return a smaller app of which so many conditions decide something each: two to the power of them in all."""
    names = [f"Choice{number}" for number in range(count)]
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    said = [
        statement(
            ["s3:GetObject", "s3:PutObject"], [arn(f"Files{number}", f"/private/{SUB}/*") for number in range(BUCKETS)]
        ),
        statement(["dynamodb:GetItem", "dynamodb:Query"], [arn(f"Data{number}") for number in range(TABLES)], own),
    ]
    kept = {
        f"Kept{name}": {
            "Type": "AWS::S3::Bucket",
            "Condition": name,
            "Properties": {"BucketName": f"kept-{name.lower()}"},
        }
        for name in names
    }
    body = template(said, more={**stores(), **kept})
    body["Parameters"] = {name: {"Type": "String"} for name in names}
    body["Conditions"] = {name: {"Fn::Equals": [{"Ref": name}, "yes"]} for name in names}
    return Template(name="Choices", body=body, source="choices")
