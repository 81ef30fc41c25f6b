"""A load balancer in front of a service, with an authenticating rule for each path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.host_names import check_host_name
from constructs_lib.log_buckets import check_log_bucket
from constructs_lib.services.checks import check_health_check_path, check_port, hosted_client
from constructs_lib.services.routes import priorities
from constructs_lib.services.rules import action_of, not_found, returns_to
from constructs_lib.services.target_group import create_target_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_s3 as s3

    from constructs_lib.auth import Auth
    from constructs_lib.services.routes import ServiceRoute


_HTTPS: Final = 443


@checked
class LoadBalancedService(Construct):
    """An Application Load Balancer that forwards only requests of the named callers to a service, over HTTPS only.

    A path that no route names returns 404. Users without a session are redirected to hosted sign-in and back; a missing
    or invalid token is refused. The security groups that this construct creates allow only the load balancer to connect
    to the service; the service itself verifies `x-amzn-oidc-data` or the token again, with `constructs_lib.verified`,
    so that a changed listener rule alone does not open it.

    A load balancer is billed by the hour, with or without requests.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth of the users. It needs a `domain` if a route signs users in.
        client: The name of a `ServerClient` of it, through which users sign in. Its callback and sign-out addresses are
            added automatically. Default: no route signs users in.
        vpc: The network of the load balancer, in its public subnets, or private ones if `internet_facing` is False.
        domain_name: The host name of the certificate. Create its DNS record yourself, an alias of `load_balancer`.
        certificate: The certificate of that name, of the stack's region.
        targets: The targets, such as an `ecs.FargateService`.
        port: The port that it listens on.
        routes: Paths with their callers. The longest matching path applies, in any order.
        health_check_path: The path of health checks. The load balancer sends them to the target directly, so no route
            is needed, and the service responds without a caller. Default: `/health`.
        internet_facing: Whether it has public addresses. Default: it has.
        access_logs_bucket: The bucket for access logs. Default: no access logs.

    Raises:
        ValueError: For routes that a load balancer cannot enforce, or a client that it cannot use for sign-in.

    Attributes:
        load_balancer: The load balancer. `constructs_lib.verified.LoadBalancer` needs its ARN.
        listener: Its one listener, on 443.
        target_group: The targets.
        logout_url: The URL to redirect users to who sign out, after the response has deleted the session's cookies:
            `constructs_lib.verified.signed_out(...)` does both. None if no route requires a sign-in.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        client: str | None = None,
        vpc: ec2.IVpc,
        domain_name: str,
        certificate: acm.ICertificate,
        targets: Sequence[elbv2.IApplicationLoadBalancerTarget],
        port: int,
        routes: Sequence[ServiceRoute],
        health_check_path: str = "/health",
        internet_facing: bool = True,
        access_logs_bucket: s3.IBucket | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_host_name("domain_name", domain_name)
        check_health_check_path(health_check_path)
        check_log_bucket(access_logs_bucket, "a load balancer")
        check_port(port)
        numbered = priorities(routes)
        for route in routes:
            auth.check_scopes(route.token.scopes if route.token else ())
        hosted = hosted_client(auth, client, routes)
        self.load_balancer = _create_load_balancer(self, vpc, internet_facing=internet_facing)
        if access_logs_bucket is not None:
            self.load_balancer.log_access_logs(access_logs_bucket)
        self.listener = self.load_balancer.add_listener(
            "Listener",
            port=_HTTPS,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[elbv2.ListenerCertificate.from_certificate_manager(certificate)],
            ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS,
            open=internet_facing,
            default_action=not_found(),
        )
        self.target_group = create_target_group(
            self, vpc=vpc, targets=targets, port=port, health_check_path=health_check_path
        )
        for route in sorted(routes, key=lambda each: each.path):
            self.listener.add_action(
                f"Route{route.path}",
                priority=numbered[route.path],
                conditions=[elbv2.ListenerCondition.path_patterns([route.path])],
                action=action_of(route, auth=auth, client=hosted, targets=self.target_group),
            )
        self.logout_url: str | None = returns_to(domain_name, auth=auth, name=client, client=hosted)


def _create_load_balancer(scope: Construct, vpc: ec2.IVpc, *, internet_facing: bool) -> elbv2.ApplicationLoadBalancer:
    """Create the load balancer; besides its targets, it may connect to HTTPS only, for Cognito."""
    security_group = ec2.SecurityGroup(
        scope, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Load balancer of a service"
    )
    # The load balancer calls Cognito's token endpoint and keys from its own addresses.
    security_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "Cognito")
    return elbv2.ApplicationLoadBalancer(
        scope,
        "LoadBalancer",
        vpc=vpc,
        internet_facing=internet_facing,
        security_group=security_group,
        drop_invalid_header_fields=True,
    )
