"""Permissions of a function's role that Lambda needs to run the function in a VPC."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_iam as iam

_ACTIONS: Final = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


def grant_network(role: iam.Role) -> None:
    """Allow Lambda to manage network interfaces with the role, but not the function's own code.

    These actions support no narrower resource. The key `lambda:SourceFunctionArn` is there only when the function's
    code calls (Lambda: "Giving Lambda functions access to resources in an Amazon VPC").
    """
    role.add_to_policy(iam.PolicyStatement(actions=_ACTIONS, resources=["*"]))
    role.add_to_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=_ACTIONS,
            resources=["*"],
            conditions={"Null": {"lambda:SourceFunctionArn": "false"}},
        )
    )
