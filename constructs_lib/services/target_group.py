"""The target group of a load balancer's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_elasticloadbalancingv2 as elbv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2
    from constructs import Construct


def create_target_group(
    scope: Construct,
    *,
    vpc: ec2.IVpc,
    targets: Sequence[elbv2.IApplicationLoadBalancerTarget],
    port: int,
    health_check_path: str,
) -> elbv2.ApplicationTargetGroup:
    """Create the target group, with HTTP: TLS ends at the load balancer."""
    return elbv2.ApplicationTargetGroup(
        scope,
        "Targets",
        vpc=vpc,
        port=port,
        protocol=elbv2.ApplicationProtocol.HTTP,
        targets=list(targets),
        health_check=elbv2.HealthCheck(path=health_check_path),
    )
