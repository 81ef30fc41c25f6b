"""Ways to open owned data that take several resources: routes, resolvers, state machines, trust, backups."""

import json
from collections.abc import Callable
from typing import Any

from tests.analysis.proof.access_paths.openings import (
    OPENINGS,
    Document,
    Names,
    Opening,
    allow,
    att,
    join,
    of,
    opening,
    reads,
    ref,
    role,
    sub,
)
from tests.analysis.proof.access_paths.openings_by_copy import replicated_into


def route(auth: str, uri: Any, **integration: Any) -> Callable[[Names], Opening]:
    """A route of a REST API that calls an AWS service with a role."""

    def make(names: Names) -> Opening:
        method = of(
            "AWS::ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=ref("Path"),
            HttpMethod="GET",
            AuthorizationType=auth,
            Integration={"Type": "AWS", "Credentials": att("Acts"), "Uri": uri(names), **integration},
        )
        return Opening(
            resources={
                "Api": of("AWS::ApiGateway::RestApi", Name="a"),
                "Path": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), PathPart="{key}",
                           ParentId=att("Api", "RootResourceId")),
                "Call": method,
                "Acts": role("apigateway.amazonaws.com", *reads(names)),
            },
            attack=auth == "NONE" and ("RequestParameters" in integration or "Scan" in str(uri(names))),
        )  # fmt: skip

    return make


def s3_path(names: Names) -> Document:
    return sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/${{{names.bucket}}}/{{key}}")


PASSED = {"RequestParameters": {"integration.request.path.key": "method.request.path.key"}}


def replicated_by_a_route(names: Names) -> Opening:
    """An open route that writes to a bucket that is replicated into the owned one."""
    written = route("NONE", lambda _: sub("arn:aws:apigateway:${AWS::Region}:s3:path/${From}/{key}"), **PASSED)(names)
    writer = role("apigateway.amazonaws.com", allow("s3:PutObject", join(att("From"), "/*")))
    source = replicated_into(names, "/none")
    return Opening(resources={**written.resources, **source.resources, "Acts": writer}, attack=True)


OPENINGS |= {
    "an open route that writes what is replicated": replicated_by_a_route,
    "an open route that reads any object": route("NONE", s3_path, **PASSED),
    "an open route that reads what a template says": route("NONE", s3_path),
    "a route by token that reads any object": route("COGNITO_USER_POOLS", s3_path, **PASSED),
    "a route by code that reads any object": route("CUSTOM", s3_path, **PASSED),
    "a route of an unknown kind that reads any object": route("MUTUAL", s3_path, **PASSED),
    "an open route that scans the table": route("NONE", lambda _: "arn:aws:apigateway:us-east-1:dynamodb:action/Scan"),
    "an open route that queries the table": route(
        "NONE", lambda _: "arn:aws:apigateway:us-east-1:dynamodb:action/Query", RequestTemplates={"x": "$input"}
    ),
}


@opening
def an_open_route_of_a_document(names: Names) -> Opening:
    operation = {
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "GET",
            "credentials": att("Acts"),
            "uri": s3_path(names),
            "requestParameters": {"integration.request.path.key": "method.request.path.key"},
        }
    }
    body = {"openapi": "3.0.1", "paths": {"/{key}": {"get": operation}}}
    return Opening(
        resources={
            "Api": of("AWS::ApiGateway::RestApi", Body=body),
            "Acts": role("apigateway.amazonaws.com", *reads(names)),
        },
        attack=True,
    )


@opening
def a_route_for_iam_that_users_may_call(names: Names) -> Opening:
    made = route("AWS_IAM", s3_path, **PASSED)(names)
    call = sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/*")
    return Opening(resources=made.resources, user=(allow("execute-api:Invoke", call),))


def machine(names: Names) -> Document:
    states = {
        "StartAt": "Get",
        "States": {
            "Get": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:getItem",
                "Parameters": {"Key": {"owner": {"S.$": "$.owner"}}},
                "End": True,
            }
        },
    }
    return {
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString=json.dumps(states)),
        "Acts": role("states.amazonaws.com", *reads(names)),
    }


@opening
def a_state_machine_that_users_start(names: Names) -> Opening:
    return Opening(resources=machine(names), user=(allow("states:StartExecution", ref("Machine")),))


def nested_machine(names: Names) -> Document:
    run = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True}
    outer = of("AWS::StepFunctions::StateMachine", RoleArn=att("Runs"),
               DefinitionString=json.dumps({"StartAt": "Run", "States": {"Run": run}}))  # fmt: skip
    runs = role("states.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    return {**machine(names), "Outer": outer, "Runs": runs}


@opening
def a_state_machine_that_another_starts_for_users(names: Names) -> Opening:
    return Opening(resources=nested_machine(names), user=(allow("states:StartExecution", ref("Outer")),))


@opening
def every_state_machine_that_users_start(names: Names) -> Opening:
    return Opening(resources=machine(names), user=(allow("states:*", "*"),))


@opening
def a_state_machine_that_an_open_route_starts(names: Names) -> Opening:
    starts = role("apigateway.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    integration = of(
        "AWS::ApiGatewayV2::Integration",
        ApiId=ref("Http"),
        IntegrationType="AWS_PROXY",
        IntegrationSubtype="StepFunctions-StartExecution",
        CredentialsArn=att("Starts"),
        RequestParameters={"Input": "$request.body", "StateMachineArn": ref("Machine")},
    )
    opened = of(
        "AWS::ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey="POST /x", Target=join("integrations/", ref("Starts2"))
    )
    http = of("AWS::ApiGatewayV2::Api", Name="h", ProtocolType="HTTP")
    more = {"Http": http, "Starts": starts, "Starts2": integration, "Opened": opened}
    return Opening(resources={**machine(names), **more})


@opening
def a_state_machine_that_something_unreviewed_starts(names: Names) -> Opening:
    starts = role("apigateway.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    rule = of("AWS::IoT::TopicRule", TopicRulePayload={"Actions": [{"StepFunctions": {"RoleArn": att("Starts")}}]})
    return Opening(resources={**machine(names), "Starts": starts, "Rule": rule})


def graphql(kind: str, *resolvers: Document) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        made: Document = {
            "Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType=kind),
            "Source": of(
                "AWS::AppSync::DataSource", ApiId=att("Graph", "ApiId"), Name="rows", Type="AMAZON_DYNAMODB",
                ServiceRoleArn=att("Acts"),
                DynamoDBConfig={"TableName": ref(names.table), "AwsRegion": ref("AWS::Region")},
            ),
            "Acts": role("appsync.amazonaws.com", *reads(names)),
        }  # fmt: skip
        for number, each in enumerate(resolvers):
            said = {"ApiId": att("Graph", "ApiId"), "TypeName": "Query", "FieldName": f"f{number}"}
            made[f"Resolver{number}"] = of("AWS::AppSync::Resolver", **said, DataSourceName="rows", **each)
        return Opening(resources=made, attack=kind == "API_KEY" and "Scan" in str(resolvers))

    return make


SCAN: Document = {"RequestMappingTemplate": '{"operation": "Scan"}'}
OWN: Document = {"RequestMappingTemplate": '{"operation": "GetItem", "key": {"owner": "$ctx.identity.sub"}}'}
OPENINGS |= {
    "a resolver that scans, by key": graphql("API_KEY", SCAN),
    "a resolver that reads one row, by key": graphql("API_KEY", OWN),
    "a resolver that scans, by token": graphql("AMAZON_COGNITO_USER_POOLS", SCAN),
    "a resolver by code": graphql("AWS_LAMBDA", OWN),
    "a resolver for IAM": graphql("AWS_IAM", OWN),
    "a data source of an API that no template has": graphql("AMAZON_COGNITO_USER_POOLS"),
}


def trusting(principal: Any, **condition: Any) -> Callable[[Names], Opening]:
    """A role that reaches owned data and that another principal may assume."""

    def make(names: Names) -> Opening:
        made = role("lambda.amazonaws.com", *reads(names))
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        made["Properties"]["AssumeRolePolicyDocument"]["Statement"] = [
            {**trust, "Condition": condition} if condition else trust
        ]
        return Opening(resources={"Reads": made})

    return make


OPENINGS |= {
    "a role for another account": trusting({"AWS": "arn:aws:iam::999999999999:root"}),
    "a role for everyone": trusting("*"),
    "a role for everyone of an organization": trusting("*", StringEquals={"aws:PrincipalOrgID": "o-1"}),
    "a role for an OIDC provider": trusting({"Federated": "arn:aws:iam::123456789012:oidc-provider/example.com"}),
    "a role for a SAML provider": trusting({"Federated": "arn:aws:iam::123456789012:saml-provider/x"}),
    "a role for an account that a parameter names": trusting({"AWS": {"Fn::ImportValue": "other"}}),
}


@opening
def a_user_with_keys(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    user = of("AWS::IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": document}])
    return Opening(resources={"Anna": user})


@opening
def a_user_who_writes_policies(names: Names) -> Opening:
    del names
    document = {"Version": "2012-10-17", "Statement": [allow("iam:PutRolePolicy", "*")]}
    return Opening(resources={"Anna": of("AWS::IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": document}])})


@opening
def a_group_with_a_policy(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::ManagedPolicy", PolicyDocument=document, Groups=[ref("Group")])
    return Opening(resources={"Group": of("AWS::IAM::Group"), "Policy": policy})


@opening
def a_policy_for_a_role_elsewhere(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document, Roles=["elsewhere"])
    return Opening(resources={"Policy": policy})


@opening
def a_policy_for_a_user_elsewhere_who_may_change_roles(_: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": [allow("iam:*", "*")]}
    policy = of("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document, Users=["elsewhere"])
    return Opening(resources={"Policy": policy})


@opening
def two_roles_of_one_name(names: Names) -> Opening:
    every = {name: role("lambda.amazonaws.com", *rights, RoleName="same")
             for name, rights in {"First": reads(names), "Second": ()}.items()}  # fmt: skip
    return Opening(resources=every)


@opening
def backups_that_are_copied_elsewhere(names: Names) -> Opening:
    copy = {"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:999999999999:backup-vault:x"}
    rule = {"RuleName": "r", "TargetBackupVault": ref("Vault"), "CopyActions": [copy]}
    plan = of("AWS::Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]})
    chosen = {"SelectionName": "s", "IamRoleArn": "arn", "Resources": [names.table_arn]}
    selection = of("AWS::Backup::BackupSelection", BackupPlanId=ref("Plan"), BackupSelection=chosen)
    vault = of("AWS::Backup::BackupVault", BackupVaultName="v")
    return Opening(resources={"Vault": vault, "Plan": plan, "Selection": selection})


@opening
def backups_whose_vault_lets_others_in(names: Names) -> Opening:
    made = backups_that_are_copied_elsewhere(names).resources
    del made["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"][0]["CopyActions"]
    other = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "backup:*", "Resource": "*"}
    made["Vault"]["Properties"]["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [other]}
    return Opening(resources=made)


__all__ = ["OPENINGS"]
