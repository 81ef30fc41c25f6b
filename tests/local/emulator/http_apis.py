"""HTTP APIs that tests create by CloudFormation, and the function that answers them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any


def answering_function(emulator: Any) -> str:
    """Create a function that says "in", and return its ARN."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return {'statusCode': 200, 'body': 'in'}\n")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    name = emulator.name("api-function")
    role = emulator.admin("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    function = emulator.admin("lambda").create_function(
        FunctionName=name, Role=role, Code={"ZipFile": stream.getvalue()}, Handler="index.handler",
        Runtime="python3.13",
    )["FunctionArn"]  # fmt: skip
    emulator.admin("lambda").add_permission(
        FunctionName=name, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    return str(function)


def path_of_created(emulator: Any, resources: Mapping[str, tuple[str, Mapping[str, Any]]]) -> str:
    """Create an API's resources as a stack, and return the path of the default stage of the one named `Api`."""
    template = {
        "Resources": {
            key: {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}
            for key, (kind, properties) in resources.items()
        },
        "Outputs": {"Api": {"Value": {"Ref": "Api"}}},
    }
    client, stack = emulator.admin("cloudformation"), emulator.name("stack")
    client.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})
    api = client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"][0]["OutputValue"]
    return f"/_aws/execute-api/{api}/$default"
