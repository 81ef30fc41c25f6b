"""Refused updates by the entry of the table: the new resource needs a value that the old one still has."""

from tests.analysis.replacements.reports.report import API, POOL, Resources, of, ref

FUNCTION: Resources = {"Fn": of("Lambda::Function", Role="r"), "Table": of("DynamoDB::Table")}
HTTP: Resources = {"Http": of("ApiGatewayV2::Api", Name="h", ProtocolType="HTTP")}
BALANCER: Resources = {
    "Balancer": of("ElasticLoadBalancingV2::LoadBalancer"),
    "Listener": of("ElasticLoadBalancingV2::Listener", Port=443),
}

RENAMED: dict[str, tuple[Resources, Resources]] = {
    "a group of one name": (POOL, of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="editors")),
    "a provider of one name": (
        POOL, of("Cognito::UserPoolIdentityProvider", UserPoolId=ref("Pool"), ProviderName="Google")
    ),
    "a resource server of one identifier": (
        POOL, of("Cognito::UserPoolResourceServer", UserPoolId=ref("Pool"), Identifier="api")
    ),
    "a second domain of a kind": (POOL, of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="acme")),
    "a second role attachment": (
        POOL, of("Cognito::IdentityPoolRoleAttachment", IdentityPoolId=ref("Identities"), Roles={})
    ),
    "a second log delivery": (POOL, of("Cognito::LogDeliveryConfiguration", UserPoolId=ref("Pool"))),
    "a bucket of one name": ({}, of("S3::Bucket", BucketName="documents")),
    "a second bucket policy": ({"Bucket": of("S3::Bucket")}, of("S3::BucketPolicy", Bucket=ref("Bucket"))),
    "a table of one name": ({}, of("DynamoDB::Table", TableName="notes")),
    "a role or policy of one name": ({}, of("IAM::Role", RoleName="users")),
    "a function of one name": ({}, of("Lambda::Function", FunctionName="shares")),
    "a log group of one name": ({}, of("Logs::LogGroup", LogGroupName="/app")),
    "the same event source": (
        FUNCTION,
        of("Lambda::EventSourceMapping", FunctionName=ref("Fn"), EventSourceArn={"Fn::GetAtt": ["Table", "StreamArn"]}),
    ),
    "a record of one name": (
        {"Zone": of("Route53::HostedZone", Name="x")},
        of("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="app.example.com", Type="A"),
    ),
    "a domain name of two distributions": (
        {}, of("CloudFront::Distribution", DistributionConfig={"Aliases": ["a.example.com", "app.example.com"]})
    ),
    "a CloudFront policy of one name": (
        {}, of("CloudFront::ResponseHeadersPolicy", ResponseHeadersPolicyConfig={"Name": "headers"})
    ),
    "the same API path": (
        API, of("ApiGateway::Resource", RestApiId=ref("Api"), ParentId={"Fn::GetAtt": "Api.RootResourceId"},
                PathPart="notes")
    ),
    "the same API method": (
        API, of("ApiGateway::Method", RestApiId=ref("Api"), ResourceId={"Fn::GetAtt": "Api.RootResourceId"},
                HttpMethod="GET")
    ),
    "an API key of one name": ({}, of("ApiGateway::ApiKey", Name="partner")),
    "the same base path": (API, of("ApiGateway::BasePathMapping", DomainName=ref("Domain"), BasePath="v1")),
    "an API mapping of one key": (API, of("ApiGatewayV2::ApiMapping", DomainName=ref("Domain"), ApiId="a", Stage="s")),
    "an authorizer of one name": (
        HTTP, of("ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="users", AuthorizerType="JWT")
    ),
    "a listener's port": (
        BALANCER, of("ElasticLoadBalancingV2::Listener", LoadBalancerArn=ref("Balancer"), Port=80)
    ),
    "a rule's priority": (
        BALANCER, of("ElasticLoadBalancingV2::ListenerRule", ListenerArn=ref("Listener"), Priority=26)
    ),
    "a target group of one name": ({}, of("ElasticLoadBalancingV2::TargetGroup", Name="default")),
    "an API domain of one name": ({}, of("ApiGatewayV2::DomainName", DomainName="api.example.com")),
}  # fmt: skip
"""Refusals of a renamed construct: the other resources, and the renamed one."""

CHANGED: dict[str, tuple[Resources, Resources]] = {
    "a second domain of a kind": (
        POOL | {"D": of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="acme-one")},
        POOL | {"D": of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="acme-two")},
    ),
    "a second variable in an API path": (
        API | {"R": of("ApiGateway::Resource", RestApiId=ref("Api"), ParentId="p", PathPart="{id}")},
        API | {"S": of("ApiGateway::Resource", RestApiId=ref("Api"), ParentId="p", PathPart="{share_id}")},
    ),
    "a base path beside the empty one": (
        API | {"M": of("ApiGateway::BasePathMapping", DomainName=ref("Domain"))},
        API | {"N": of("ApiGateway::BasePathMapping", DomainName=ref("Domain"), BasePath="v2")},
    ),
    "an API domain of another endpoint": (
        {"D": of("ApiGateway::DomainName", DomainName="d", EndpointConfiguration={"Types": ["EDGE"]})},
        {"D": of("ApiGateway::DomainName", DomainName="d", EndpointConfiguration={"Types": ["REGIONAL"]})},
    ),
    "API logs without a role": (
        {"S": of("ApiGateway::Stage", RestApiId="a")},
        {"S": of("ApiGateway::Stage", RestApiId="a", MethodSettings=[{"LoggingLevel": "INFO"}])},
    ),
    "a log group that its function made": (
        FUNCTION, FUNCTION | {"Logs": of("Logs::LogGroup", LogGroupName={"Fn::Sub": "/aws/lambda/${Fn}"})}
    ),
    "attributes that no key uses": (
        {"T": of("DynamoDB::Table", KeySchema=[{"AttributeName": "owner"}],
                 AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}])},
        {"T": of("DynamoDB::Table", KeySchema=[{"AttributeName": "owner"}],
                 AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"},
                                       {"AttributeName": "title", "AttributeType": "S"}])},
    ),
    "an ACL without ownership": ({}, {"B": of("S3::Bucket", AccessControl="PublicRead")}),
    "more than a template takes": (
        {"T": of("SNS::Topic")}, {f"T{number}": of("SNS::Topic") for number in range(501)}
    ),
}  # fmt: skip
"""Refusals of a change: the stack before and after."""
