"""A service's rules on an existing listener, in addition to those of other services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.host_names import check_host_name
from constructs_lib.services.checks import check_health_check_path, check_port, hosted_client
from constructs_lib.services.routes import priorities
from constructs_lib.services.rules import action_of, not_found, returns_to
from constructs_lib.services.target_group import create_target_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_ec2 as ec2

    from constructs_lib.auth import Auth
    from constructs_lib.services.routes import ServiceRoute


_LAST: Final = 50_000


@checked
class ListenerRules(Construct):
    """A service under a separate host name on a shared HTTPS listener.

    Every rule is for the name and a path, so that the service receives no other requests; a path under the name that no
    route names returns 404 and does not fall through to the listener's other rules. Routes authenticate as for
    `LoadBalancedService`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth of the users. It needs a `domain` if a route signs users in.
        client: The name of a `ServerClient` of it, through which users sign in. Default: no route signs users in.
        listener: The listener, of HTTPS, with a certificate for the name. Its load balancer must reach Cognito over
            HTTPS, and its security group the targets.
        vpc: The network of the targets.
        domain_name: The host name, which is a condition of every rule.
        targets: The targets, such as an `ecs.FargateService`.
        port: The port that it listens on.
        routes: Routes by priority. Each number from 1 to 49,999 is used by one rule of the listener; if one path
            contains another, the longer one must have the lower number.
        otherwise: The priority of the rule that returns 404, above all of `routes`. Default: the last possible.
        health_check_path: The path of health checks. Default: `/health`.

    Raises:
        ValueError: For routes that a load balancer cannot enforce, priorities that would let one rule hide another, a
            listener without TLS, or a client that cannot sign users in.

    Attributes:
        target_group: The targets.
        logout_url: The address to which a service redirects users who sign out, as for `LoadBalancedService`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        client: str | None = None,
        listener: elbv2.IApplicationListener,
        vpc: ec2.IVpc,
        domain_name: str,
        targets: Sequence[elbv2.IApplicationLoadBalancerTarget],
        port: int,
        routes: Mapping[int, ServiceRoute],
        otherwise: int = _LAST,
        health_check_path: str = "/health",
    ) -> None:
        super().__init__(scope, id)
        check_host_name("domain_name", domain_name)
        check_health_check_path(health_check_path)
        check_port(port)
        for route in routes.values():
            auth.check_scopes(route.token.scopes if route.token else ())
        _check_numbers(routes, otherwise)
        _check_tls(listener)
        hosted = hosted_client(auth, client, [*routes.values()])
        self.target_group = create_target_group(
            self, vpc=vpc, targets=targets, port=port, health_check_path=health_check_path
        )
        name = elbv2.ListenerCondition.host_headers([domain_name])
        for number, route in sorted(routes.items()):
            elbv2.ApplicationListenerRule(
                self,
                f"Route{route.path}",
                listener=listener,
                priority=number,
                conditions=[name, elbv2.ListenerCondition.path_patterns([route.path])],
                action=action_of(route, auth=auth, client=hosted, targets=self.target_group),
            )
        elbv2.ApplicationListenerRule(
            self, "Otherwise", listener=listener, priority=otherwise, conditions=[name], action=not_found()
        )
        self.logout_url: str | None = returns_to(domain_name, auth=auth, name=client, client=hosted)


def _check_numbers(routes: Mapping[int, ServiceRoute], otherwise: int) -> None:
    """Refuse priorities with which a rule would hide another.

    Raises:
        ValueError: With the paths.
    """
    order = priorities([*routes.values()])
    if not min(routes) >= 1 or not max(routes) < otherwise <= _LAST:
        raise ValueError(
            f"routes={sorted(routes)} and otherwise={otherwise} are not valid priorities; use 1 to {_LAST}, with "
            "otherwise= above all routes"
        )
    for number, route in routes.items():
        for later, other in routes.items():
            inside = not other.whole and route.path.startswith(other.prefix)
            if inside and order[route.path] < order[other.path] and number > later:
                raise ValueError(
                    f"routes[{later}] {other.path} is evaluated before routes[{number}] {route.path}, whose paths it "
                    f"includes; use a lower number for {route.path}"
                )


def _check_tls(listener: elbv2.IApplicationListener) -> None:
    made = listener.node.default_child
    if isinstance(made, elbv2.CfnListener) and made.protocol != "HTTPS":
        raise ValueError(
            f"listener={listener.node.path!r} uses {made.protocol}, which would transmit sign-ins and tokens in plain "
            "text; use an HTTPS listener"
        )
