"""A load balancer in front of a service, with a rule for each path that asks who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_actions as actions
from constructs import Construct

from constructs_lib.boundary import checked
from constructs_lib.log_buckets import check_log_bucket
from constructs_lib.services.checks import check_domain_name, check_health_check_path, check_port, hosted_client
from constructs_lib.services.routes import ServiceRoute, priorities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_s3 as s3

    from constructs_lib.api.access import Token
    from constructs_lib.auth import Auth

__all__ = ["LoadBalancedService"]

_HTTPS: Final = 443
_CALLBACK: Final = "/oauth2/idpresponse"
_MOST_CLIENTS: Final = 10


@checked
class LoadBalancedService(Construct):
    """An Application Load Balancer that lets only the callers named reach a service, over HTTPS alone.

    A path that no route names is answered 404. People without a session are sent to hosted sign-in and come back;
    a token that is missing or wrong is refused. The service listens to the load balancer and, as far as this construct
    makes its security groups, to nobody else; it verifies `x-amzn-oidc-data` or the token once more, by
    `constructs_lib.verified`, because a rule changes more easily than a service.

    A load balancer costs by the hour, whether anyone calls or not.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: Who signs in. It needs a `domain` where people are to be signed in.
        client: The name of a `ServerClient` of it, through which people sign in. Its callback and sign-out addresses
            are added here. None: no route signs people in.
        vpc: The network that the load balancer stands in, in its public subnets, or private ones if `internet_facing`
            is False.
        domain_name: The name that the certificate is for and that people see. Its record is yours to make, an alias of
            `load_balancer`.
        certificate: The certificate of that name, of the stack's region.
        targets: What answers, such as an `ecs.FargateService`.
        port: The port that it listens on.
        routes: Paths, each with who may ask. The longer path counts, in whatever order they are written.
        health_check_path: Where the load balancer asks whether a target is well. It asks the target itself, so no route
            is needed, and the service answers it without a caller. By default `/health`.
        internet_facing: Whether it has public addresses. True: it has.
        access_logs_bucket: Where access logs go. None: nowhere.

    Raises:
        ValueError: For routes that a load balancer cannot hold to, or a client that it could not sign people in with.

    Attributes:
        load_balancer: The load balancer. Its ARN is what `constructs_lib.verified.LoadBalancer` must be told.
        listener: Its one listener, on 443.
        target_group: The targets.
        logout_url: Where a service sends people who sign out, after it has told the browser to forget the session:
            `constructs_lib.verified.signed_out(...)` does both. None where no people are signed in.
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
        check_domain_name(domain_name)
        check_health_check_path(health_check_path)
        check_log_bucket(access_logs_bucket, "a load balancer")
        check_port(port)
        numbered = priorities(routes)
        for route in routes:
            auth.check_scopes(route.token.scopes if route.token else ())
        self._auth = auth
        self._client = hosted_client(auth, client, routes)
        security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Load balancer of a service"
        )
        # Cognito's token endpoint and keys are asked from the load balancer's own addresses.
        security_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "Cognito")
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            internet_facing=internet_facing,
            security_group=security_group,
            drop_invalid_header_fields=True,
        )
        if access_logs_bucket is not None:
            self.load_balancer.log_access_logs(access_logs_bucket)
        self.listener = self.load_balancer.add_listener(
            "Listener",
            port=_HTTPS,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[elbv2.ListenerCertificate.from_certificate_manager(certificate)],
            ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS,
            open=internet_facing,
            default_action=elbv2.ListenerAction.fixed_response(
                404, content_type="text/plain", message_body="Not found"
            ),
        )
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=vpc,
            port=port,
            protocol=elbv2.ApplicationProtocol.HTTP,
            targets=list(targets),
            health_check=elbv2.HealthCheck(path=health_check_path),
        )
        for route in sorted(routes, key=lambda each: each.path):
            self.listener.add_action(
                f"Route{route.path}",
                priority=numbered[route.path],
                conditions=[elbv2.ListenerCondition.path_patterns([route.path])],
                action=self._action(route),
            )
        self.logout_url: str | None = None
        if self._client is not None:
            home = f"https://{domain_name}/"
            auth.add_callback_urls(f"https://{domain_name}{_CALLBACK}", client=client, logout_urls=[home])
            self.logout_url = (
                f"{self._client.domain.base_url()}/logout?client_id={self._client.client.user_pool_client_id}"
                f"&logout_uri={quote(home, safe='')}"
            )

    def _action(self, route: ServiceRoute) -> elbv2.ListenerAction:
        forward = elbv2.ListenerAction.forward([self.target_group])
        if route.open:
            return forward
        if route.token is not None:
            return elbv2.ListenerAction(self._token_action(route.token), forward)
        assert self._client is not None  # noqa: S101 - `hosted_client` saw to it
        return actions.AuthenticateCognitoAction(
            user_pool=self._auth.user_pool,
            user_pool_client=self._client.client,
            user_pool_domain=self._client.domain,
            scope="openid",
            # The default, said because another value would let strangers pass.
            on_unauthenticated_request=elbv2.UnauthenticatedAction.AUTHENTICATE,
            allow_https_outbound=False,
            next=forward,
        )

    def _token_action(self, token: Token) -> elbv2.CfnListener.ActionProperty:
        """Return the check of an access token: issuer and times, and beside them use, client and scope.

        Source: CloudFormation, `AWS::ElasticLoadBalancingV2::ListenerRule JwtValidationConfig`. It compares neither
        `aud` nor `token_use` by itself, so that a pool's ID tokens would pass.
        """
        issuer = f"https://{self._auth.user_pool.user_pool_provider_name}"
        clients = sorted(self._auth.clients)
        if len(clients) > _MOST_CLIENTS:
            raise ValueError(f"auth has {len(clients)} clients; a load balancer compares {_MOST_CLIENTS} at most")
        ids = [self._auth.clients[name].user_pool_client_id for name in clients]
        claims = [_claim("token_use", "single-string", "access"), _claim("client_id", "single-string", *ids)]
        claims += [_claim("scope", "space-separated-values", scope) for scope in token.scopes]
        return elbv2.CfnListener.ActionProperty(
            type="jwt-validation",
            jwt_validation_config=elbv2.CfnListener.JwtValidationConfigProperty(
                issuer=issuer, jwks_endpoint=f"{issuer}/.well-known/jwks.json", additional_claims=claims
            ),
        )


def _claim(name: str, kind: str, *values: str) -> elbv2.CfnListener.JwtValidationActionAdditionalClaimProperty:
    return elbv2.CfnListener.JwtValidationActionAdditionalClaimProperty(name=name, format=kind, values=list(values))
