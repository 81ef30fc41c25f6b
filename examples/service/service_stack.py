"""A service behind a load balancer that signs users in and requires a token from programs."""

from pathlib import Path

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import anyone, jwt
from constructs_lib.auth import Auth, MachineClient, PrefixDomain, ResourceServer, ServerClient
from constructs_lib.services import LoadBalancedService, ServiceRoute

PORT = 8000


class ServiceStack(Stack):
    """A service to which users with a browser and programs with a token have access, and no other callers.

    Args:
        scope: The app.
        id: The stack's ID.
        domain_name: The domain name of the service, whose DNS record you create.
        certificate_arn: The certificate of the domain name. None: one is created, and the deployment waits until you
            create the DNS record that validates it.
        local_port: On the local cloud: the port of `service.py` on this machine. None: it runs on Fargate.
    """

    def __init__(
        self, scope: Construct, id: str, *, domain_name: str, certificate_arn: str | None, local_port: int | None
    ) -> None:
        super().__init__(scope, id)
        auth = Auth(
            self,
            "Auth",
            domain=PrefixDomain("orders-of-people"),
            resource_servers=[ResourceServer("orders", {"read": "Read orders"})],
            clients=[ServerClient(), MachineClient("Machine", scopes=["orders/read"])],
            removal_policy=RemovalPolicy.DESTROY,
        )
        vpc = ec2.Vpc(self, "Network", max_azs=2, nat_gateways=0, restrict_default_security_group=False)
        container = None if local_port else self._container()
        service = LoadBalancedService(
            self,
            "Web",
            auth=auth,
            client="Server",
            vpc=vpc,
            domain_name=domain_name,
            certificate=self._certificate(domain_name, certificate_arn),
            targets=[self._on_fargate(vpc, container) if container else targets.IpTarget("127.0.0.1", local_port)],
            port=PORT,
            routes=[
                ServiceRoute("/", access=[allow.authenticated]),
                ServiceRoute("/app/*", access=[allow.authenticated]),
                ServiceRoute("/api/*", access=[jwt("orders/read")]),
                ServiceRoute("/welcome", access=[anyone]),
            ],
        )
        settings = {
            "USER_POOL_ID": auth.user_pool.user_pool_id,
            "CLIENT_IDS": ",".join(client.user_pool_client_id for _, client in sorted(auth.clients.items())),
            "LOAD_BALANCER_ARN": service.load_balancer.load_balancer_arn,
            "LOGOUT_URL": service.logout_url or "",
        }
        for name, value in settings.items():
            if container:
                container.add_environment(name, value)
            CfnOutput(self, name.replace("_", ""), value=value)
        CfnOutput(self, "MachineClientId", value=auth.clients["Machine"].user_pool_client_id)

    def _certificate(self, domain_name: str, arn: str | None) -> acm.ICertificate:
        if arn is not None:
            return acm.Certificate.from_certificate_arn(self, "Certificate", arn)
        proof = acm.CertificateValidation.from_dns()
        return acm.Certificate(self, "Certificate", domain_name=domain_name, validation=proof)

    def _container(self) -> ecs.ContainerDefinition:
        return ecs.FargateTaskDefinition(self, "Task").add_container(
            "Web",
            image=ecs.ContainerImage.from_asset(str(Path(__file__).parent)),
            port_mappings=[ecs.PortMapping(container_port=PORT)],
        )

    def _on_fargate(self, vpc: ec2.Vpc, container: ecs.ContainerDefinition) -> elbv2.IApplicationLoadBalancerTarget:
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        # With a public address a task pulls its image without a NAT gateway; only the load balancer can reach it.
        return ecs.FargateService(
            self, "Tasks", cluster=cluster, task_definition=container.task_definition, assign_public_ip=True
        )
