"""Behind a load balancer, nobody asks whose path a call has: each further way to the code of an owned path is told."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, of, ref, sub
from tests.analysis.proof.test_other_routes import PRIVATE, PROXY, api
from tests.analysis.proof.test_route_authorizers import call
from tests.analysis.proof.test_route_functions import FUNCTION, permission
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
ELB: Final = "AWS::ElasticLoadBalancingV2"
ONWARD: Final = "http://x.internal/users/{id}"
ENDS: Final = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
COGNITO: Final = {"Type": "authenticate-cognito", "AuthenticateCognitoConfig": {"UserPoolArn": "arn"}}


def forward(to: Any) -> Document:
    return {"Type": "forward", "TargetGroupArn": to}


def balancer(name: str = "Balancer", to: str = "Group", scheme: str = "internal", **more: Any) -> Document:
    """A load balancer whose listener forwards to a target group."""
    return {
        name: of(f"{ELB}::LoadBalancer", Scheme=scheme, Subnets=["a", "b"], **more),
        f"{name}Listener": of(
            f"{ELB}::Listener", LoadBalancerArn=ref(name), Port=80, DefaultActions=[forward(ref(to))]
        ),
    }  # fmt: skip


def group(kind: str = "ip", **more: Any) -> Document:
    return of(f"{ELB}::TargetGroup", TargetType=kind, VpcId="vpc-1", **more)


def rule(*actions: Document, paths: tuple[Any, ...] = (), listener: Any = None, **more: Any) -> Document:
    conditions = [{"Field": "path-pattern", "Values": list(paths)}] if paths else []
    given = {"ListenerArn": listener or ref("PublicListener"), "Actions": list(actions), "Conditions": conditions}
    return of(f"{ELB}::ListenerRule", **given, **more)


def service(*groups: str, public: Any = "DISABLED", security: Any = None, **more: Any) -> Document:
    """A service on AWS Fargate."""
    network = {"Subnets": ["a"], "AssignPublicIp": public, "SecurityGroups": [security or att("Security", "GroupId")]}
    return of(
        "AWS::ECS::Service", TaskDefinition="task", LoadBalancers=[{"TargetGroupArn": ref(each)} for each in groups],
        NetworkConfiguration={"AwsvpcConfiguration": network}, **more,
    )  # fmt: skip


def security(*rules: Any) -> Document:
    return of("AWS::EC2::SecurityGroup", GroupDescription="g", SecurityGroupIngress=list(rules))


def owned(target: Any = None, key: str = "GET /users/{id}") -> Document:
    """A route with an owned path that calls the listener of an internal load balancer."""
    integration = {**PRIVATE, "IntegrationUri": target or ref("BalancerListener")}
    return {**api("Api", key, integration), **balancer(), "Group": group()}


def beside(**more: Document) -> Document:
    return {**owned(), **more}


def public(*, to: str = "Other", **more: Document) -> Document:
    """A load balancer of the internet beside the internal one."""
    return beside(**balancer("Public", to, "internet-facing"), **more)


CHAIN: Final = {
    **owned(), **balancer("Network", "Chained"), "Chained": group("alb", Targets=[{"Id": ref("Balancer")}]),
    "Link": of("AWS::ApiGateway::VpcLink", Name="l", TargetArns=[ref("Network")]),
}  # fmt: skip
OF_FUNCTION: Final = {
    **owned(), "Code": FUNCTION, "Group": of(f"{ELB}::TargetGroup", TargetType="lambda", Targets=[{"Id": att("Code")}]),
    "Permission": permission("elasticloadbalancing.amazonaws.com"),
}  # fmt: skip
ANY_SOURCE: Final = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp"}
OF_NETWORK: Final = {"CidrIp": "10.0.0.0/16", "IpProtocol": "tcp"}
OF_GROUP: Final = {"SourceSecurityGroupId": "sg-1", "IpProtocol": "tcp"}
MAPPED: Final = of("AWS::ServiceDiscovery::Service", Name="s")
REGISTERED: Final = [{"RegistryArn": att("Map")}]

CASES: Final[dict[str, tuple[Document, Status]]] = {
    "nothing else": (beside(Runs=service("Group"), Security=security(OF_GROUP)), PROVED),
    "a listener that no template has": (beside(**api("Api", "GET /users/{id}", {**PRIVATE, "IntegrationUri": "arn"})),
                                        PROVED),
    "the internet": ({**owned(), **balancer(scheme="internet-facing")}, UNDECIDED),
    "a scheme of its default": ({**owned(), "Balancer": of(f"{ELB}::LoadBalancer", Subnets=["a"])}, UNDECIDED),
    "another load balancer": (public(to="Group"), UNDECIDED),
    "another load balancer, to something else": (public(Other=group()), PROVED),
    "another load balancer, to what no template says": (
        beside(**balancer("Public", "Other", "internet-facing"), Other=group(),
               R=rule(forward({"Fn::ImportValue": "x"}))), UNDECIDED),
    "another load balancer, to the same service": (
        public(Other=group(), Runs=service("Group", "Other"), Security=security()), UNDECIDED),
    "another load balancer, to another service": (
        public(Other=group(), Runs=service("Group"), More=service("Other"), Security=security()), PROVED),
    "another load balancer, to the same machine": (
        public(Other=group("instance", Targets=[{"Id": "i-1"}]), Group=group("instance", Targets=[{"Id": "i-1"}])),
        UNDECIDED),
    "another load balancer, to another machine": (
        public(Other=group("instance", Targets=[{"Id": "i-2"}]), Group=group("instance", Targets=[{"Id": "i-1"}])),
        PROVED),
    "users of a pool": (public(Other=group(), R=rule(COGNITO, forward(ref("Group")))), UNDECIDED),
    "a rule for the path": (public(Other=group(), R=rule(forward(ref("Group")), paths=("/users/*",))), UNDECIDED),
    "a rule for another path": (public(Other=group(), R=rule(forward(ref("Group")), paths=("/health",))), PROVED),
    "a rule for a path that no template says": (
        public(Other=group(), R=rule(forward(ref("Group")), paths=({"Fn::ImportValue": "x"},))), UNDECIDED),
    "a rule that changes the path": (
        public(Other=group(), R=rule(forward(ref("Group")), paths=("/a/*",), Transforms=[{"Type": "url-rewrite"}])),
        UNDECIDED),
    "a rule of a listener that no template has": (
        beside(R=rule(forward(ref("Group")), listener={"Fn::ImportValue": "x"})), UNDECIDED),
    "another listener of the network": (
        beside(More=of(f"{ELB}::Listener", LoadBalancerArn=ref("Balancer"), DefaultActions=[forward(ref("Group"))])),
        PROVED),
    "an open API, by another listener": (
        beside(More=of(f"{ELB}::Listener", LoadBalancerArn=ref("Balancer"), DefaultActions=[forward(ref("Group"))]),
               **api("Open", "GET /{any+}", {**PRIVATE, "IntegrationUri": ref("More")}, auth="NONE")), UNDECIDED),
    "an open API, by another load balancer": (
        beside(**balancer("Inner"),
               **api("Open", "GET /{any+}", {**PRIVATE, "IntegrationUri": ref("InnerListener")}, auth="NONE")),
        UNDECIDED),
    "an open API, to something else": (
        beside(**balancer("Inner", "Other"), Other=group(),
               **api("Open", "GET /{any+}", {**PRIVATE, "IntegrationUri": ref("InnerListener")}, auth="NONE")), PROVED),
    "an origin in the network": (
        beside(O=of("AWS::CloudFront::VpcOrigin", VpcOriginEndpointConfig={"Arn": ref("Balancer")})), UNDECIDED),
    "AWS Verified Access": (
        beside(V=of("AWS::EC2::VerifiedAccessEndpoint", LoadBalancerOptions={"LoadBalancerArn": ref("Balancer")})),
        UNDECIDED),
    "an endpoint service for this account": (
        beside(E=of("AWS::EC2::VPCEndpointService", NetworkLoadBalancerArns=[ref("Balancer")]),
               P=of("AWS::EC2::VPCEndpointServicePermissions", ServiceId=ref("E"),
                    AllowedPrincipals=[sub("arn:aws:iam::${AWS::AccountId}:root")])), PROVED),
    "an endpoint service for everyone": (
        beside(E=of("AWS::EC2::VPCEndpointService", NetworkLoadBalancerArns=[ref("Balancer")]),
               P=of("AWS::EC2::VPCEndpointServicePermissions", ServiceId=ref("E"), AllowedPrincipals=["*"])),
        UNDECIDED),
    "VPC Lattice": (beside(T=of("AWS::VpcLattice::TargetGroup", Type="ALB", Targets=[{"Id": ref("Balancer")}])),
                    UNDECIDED),
    "VPC Lattice, to the same address": (
        beside(Group=group(Targets=[{"Id": "10.0.0.1"}]),
               T=of("AWS::VpcLattice::TargetGroup", Type="IP", Targets=[{"Id": "10.0.0.1"}])), UNDECIDED),
    "VPC Lattice, to the same service": (
        beside(Runs=service("Group", VpcLatticeConfigurations=[{"TargetGroupArn": ref("T")}]), Security=security(),
               T=of("AWS::VpcLattice::TargetGroup", Type="IP")), UNDECIDED),
    "VPC Lattice, to something else": (
        beside(Group=group(Targets=[{"Id": "10.0.0.1"}]),
               T=of("AWS::VpcLattice::TargetGroup", Type="IP", Targets=[{"Id": "10.0.0.2"}])), PROVED),
    "a type without a review": (beside(T=of("AWS::New::Relay", To=ref("Balancer"))), UNDECIDED),
    "a type without a review, to the target group": (beside(T=of("AWS::New::Relay", To=ref("Group"))), UNDECIDED),
    "a type without a review, to something else": (beside(Other=group(), T=of("AWS::New::Relay", To=ref("Other"))),
                                                   PROVED),
    "alarms and a firewall": (
        beside(A=of("AWS::CloudWatch::Alarm", Dimensions=[{"Name": "T", "Value": att("Group", "TargetGroupFullName")}]),
               W=of("AWS::WAFv2::WebACLAssociation", ResourceArn=ref("Balancer"))), PROVED),
    "a network load balancer before it": (CHAIN, PROVED),
    "a network load balancer of the internet before it": (
        {**CHAIN, **balancer("Network", "Chained", "internet-facing")}, UNDECIDED),
    "a network load balancer that the route calls": (
        {**CHAIN, **owned(ref("NetworkListener"))}, PROVED),
    "a network load balancer that the route calls, and another of the internet": (
        {**CHAIN, **owned(ref("NetworkListener")), **balancer("Public", "Group", "internet-facing")}, UNDECIDED),
    "a rule that the route calls, and another load balancer": (
        {**owned(), **balancer("Public", "Other", "internet-facing"), "Group": group(), "Other": group(),
         "BalancerListener": of(f"{ELB}::Listener", LoadBalancerArn=ref("Balancer"), DefaultActions=[ENDS]),
         "Inner": rule(forward(ref("Other")), listener=ref("BalancerListener"))}, UNDECIDED),
    "a target group of an address that no template says": (
        beside(Other=group(Targets=[{"Id": {"Fn::ImportValue": "x"}}])), PROVED),
    "a target group of a load balancer that no template says": (
        beside(Other=group("alb", Targets=[{"Id": {"Fn::ImportValue": "x"}}])), UNDECIDED),
    "a target group without a listener": (beside(Other=group(), Runs=service("Group", "Other"), Security=security()),
                                          UNDECIDED),
    "tasks with public addresses, for a security group": (
        beside(Runs=service("Group", public="ENABLED"), Security=security(OF_GROUP, OF_NETWORK)), PROVED),
    "tasks with public addresses, for everyone": (
        beside(Runs=service("Group", public="ENABLED"), Security=security(ANY_SOURCE)), UNDECIDED),
    "tasks with public addresses, for everyone by a rule": (
        beside(Runs=service("Group", public="ENABLED"), Security=security(),
               In=of("AWS::EC2::SecurityGroupIngress", GroupId=att("Security", "GroupId"), CidrIpv6="::/0")),
        UNDECIDED),
    "tasks with public addresses, for the network": (
        beside(Runs=service("Group", public="ENABLED"), Net=of("AWS::EC2::VPC"),
               Security=security({"CidrIp": att("Net", "CidrBlock")})), PROVED),
    "tasks with public addresses, for what no template says": (
        beside(Runs=service("Group", public="ENABLED", security="sg-1")), UNDECIDED),
    "tasks with private addresses, for everyone": (
        beside(Runs=service("Group"), Security=security(ANY_SOURCE)), PROVED),
    "a service of AWS Cloud Map": (
        {**owned(att("Map")), "Map": MAPPED, "Runs": service(ServiceRegistries=REGISTERED), "Security": security()},
        PROVED),
    "a service of AWS Cloud Map, and a load balancer": (
        {**owned(att("Map")), **balancer("Public", "Group", "internet-facing"), "Map": MAPPED, "Security": security(),
         "Runs": service("Group", ServiceRegistries=REGISTERED)}, UNDECIDED),
    "a function": (OF_FUNCTION, PROVED),
    "a function, by its URL": (
        {**OF_FUNCTION, "Url": of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType="NONE")}, UNDECIDED),
    "a function, by an open API": ({**OF_FUNCTION, **api("Open", "GET /{any+}", PROXY, auth="NONE")}, UNDECIDED),
    "a function, by another target group": (
        {**OF_FUNCTION, **balancer("Public", "Other", "internet-facing"),
         "Other": of(f"{ELB}::TargetGroup", TargetType="lambda", Targets=[{"Id": sub("${Code.Arn}:live")}])},
        UNDECIDED),
    "a function, by a target group that no template has": (
        {**OF_FUNCTION, "Permission": permission("elasticloadbalancing.amazonaws.com", SourceArn="arn")}, UNDECIDED),
    "the function of a route, by a load balancer of the network": (
        {**OF_FUNCTION, **api("Api", "GET /users/{id}", PROXY)}, PROVED),
    "the function of a route, by a load balancer of the internet": (
        {**OF_FUNCTION, **api("Api", "GET /users/{id}", PROXY), **balancer(scheme="internet-facing")}, UNDECIDED),
    "the function of a route, by the listener of an open API": (
        {**OF_FUNCTION, **api("Api", "GET /users/{id}", PROXY),
         **api("Open", "GET /{any+}", {**PRIVATE, "IntegrationUri": ref("BalancerListener")}, auth="NONE")}, UNDECIDED),
}  # fmt: skip


def status(more: Document, *rights: Document) -> Status:
    return proof_of(template([OWN, call("prod/GET/users/{owner}"), *rights], more=more)).status


@pytest.mark.parametrize("name", CASES)
def test_whoever_else_reaches_the_code_behind_a_load_balancer_is_told(name: str) -> None:
    resources, expected = CASES[name]
    assert status(resources) is expected


def test_a_caller_who_may_invoke_the_function_behind_a_load_balancer_is_told() -> None:
    assert status(OF_FUNCTION, allow("lambda:InvokeFunction", att("Code"))) is UNDECIDED


def test_a_rest_api_reaches_what_is_behind_its_link() -> None:
    method = {
        "Type": "HTTP_PROXY", "ConnectionType": "VPC_LINK", "ConnectionId": ref("Link"), "Uri": ONWARD,
        "RequestParameters": {"integration.request.path.id": "method.request.path.id"},
    }  # fmt: skip
    for scheme, expected in (("internal", PROVED), ("internet-facing", UNDECIDED)):
        made = {
            "Api": of("AWS::ApiGateway::RestApi", Name="a"),
            "Users": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), ParentId=att("Api", "RootResourceId"),
                        PathPart="users"),
            "User1": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), ParentId=ref("Users"), PathPart="{id}"),
            "Get": of("AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=ref("User1"), HttpMethod="GET",
                      AuthorizationType="AWS_IAM", Integration=method),
            "Link": of("AWS::ApiGateway::VpcLink", Name="l", TargetArns=[ref("Balancer")]),
            **balancer(scheme=scheme, Type="network"), "Group": group(),
        }  # fmt: skip
        assert status(made) is expected
