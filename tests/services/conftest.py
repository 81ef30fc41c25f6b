"""A service on Fargate behind a load balancer, made once for every test that only looks."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import anyone, jwt
from constructs_lib.auth import Auth, PrefixDomain, ResourceServer, ServerClient, WebClient
from constructs_lib.services import LoadBalancedService, ServiceRoute
from tests.synthesis import CONTEXT

CERTIFICATE = "arn:aws:acm:eu-west-1:111111111111:certificate/00000000-0000-0000-0000-000000000000"
ROUTES = [
    ServiceRoute("/*", access=[allow.authenticated]),
    ServiceRoute("/api/*", access=[jwt("orders/read")]),
    ServiceRoute("/welcome", access=[anyone]),
]


def new_stack() -> Stack:
    return Stack(App(context=CONTEXT), "Service")


def new_auth(stack: Stack, **options: Any) -> Auth:
    given: dict[str, Any] = {
        "domain": PrefixDomain("orders-of-people"),
        "clients": [WebClient(), ServerClient()],
        "resource_servers": [ResourceServer("orders", {"read": "Read orders"})],
        **options,
    }
    return Auth(stack, "Auth", **given)


def new_service(stack: Stack, **options: Any) -> LoadBalancedService:
    """Make one; `options` replace what it is made with."""
    vpc = ec2.Vpc(stack, "Network", max_azs=2, nat_gateways=0, restrict_default_security_group=False)
    task = ecs.FargateTaskDefinition(stack, "Task")
    image = ecs.ContainerImage.from_registry("public.ecr.aws/docker/library/python:3.13-slim")
    task.add_container("Web", image=image, port_mappings=[ecs.PortMapping(container_port=8000)])
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    given: dict[str, Any] = {
        "client": "Server",
        "vpc": vpc,
        "domain_name": "app.example.com",
        "certificate": acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE),
        "targets": [ecs.FargateService(stack, "Tasks", cluster=cluster, task_definition=task)],
        "port": 8000,
        "routes": ROUTES,
        **options,
    }
    auth = given.pop("auth", None) or new_auth(stack)
    return LoadBalancedService(stack, "Web", auth=auth, **given)


@pytest.fixture(scope="session")
def made() -> tuple[LoadBalancedService, Mapping[str, Any]]:
    """The service and its template."""
    stack = new_stack()
    service = new_service(stack)
    return service, Template.from_stack(stack).to_json()
