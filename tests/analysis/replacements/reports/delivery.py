"""Reports about CloudFront, WAF, DNS, load balancers and their services."""

from typing import Any, Final

from tests.analysis.replacements.reports.report import CDK, Report, Resources, of, ref


def cache(**headers: Any) -> dict[str, Any]:
    return {
        "EnableAcceptEncodingGzip": False, "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"}, "HeadersConfig": headers,
    }  # fmt: skip


def pages(certificate: str) -> Resources:
    return {"Pages": of("CloudFront::Distribution", DistributionConfig={
        "Enabled": True, "Aliases": ["app.example.com"],
        "ViewerCertificate": {"AcmCertificateArn": certificate, "SslSupportMethod": "sni-only"},
        "Origins": [{"Id": "o", "DomainName": "example.com", "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only"}}],
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only",
                                 "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
    })}  # fmt: skip


def record(kind: str) -> Resources:
    return of("Route53::RecordSet", HostedZoneId="Z1", Name="app.example.com", Type=kind, TTL="60",
              ResourceRecords=["192.0.2.1" if kind == "A" else "example.com"])  # fmt: skip


AUTHORIZATION: Final = {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}
GROUP: Final = of("ElasticLoadBalancingV2::TargetGroup", Port=80, Protocol="HTTP", VpcId="vpc-0a1b2c3d",
                  TargetType="ip")  # fmt: skip


def balanced(scheme: str) -> Resources:
    return {
        "Balancer": of("ElasticLoadBalancingV2::LoadBalancer", Scheme=scheme, Subnets=["subnet-1", "subnet-2"]),
        "Group": GROUP,
        "Listener": of("ElasticLoadBalancingV2::Listener", LoadBalancerArn=ref("Balancer"), Port=80, Protocol="HTTP",
                       DefaultActions=[{"Type": "forward", "TargetGroupArn": ref("Group")}]),
    }  # fmt: skip


SERVICE: Final = of("ECS::Service", LoadBalancers=[
    {"TargetGroupArn": ref("Group"), "ContainerName": "web", "ContainerPort": 80}])  # fmt: skip

REPORTS: Final = [
    Report(
        what="A distribution's certificate is in the stack's region",
        says="The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid",
        source=f"{CDK}/3464",
        new=pages("arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"),
    ),
    Report(
        what="A cache policy without caching has a header in its key",
        says="Invalid request provided: AWS::CloudFront::CachePolicy", source=f"{CDK}/13441",
        new={"Policy": of("CloudFront::CachePolicy", CachePolicyConfig={
            "Name": "p", "MinTTL": 0, "MaxTTL": 0, "DefaultTTL": 0,
            "ParametersInCacheKeyAndForwardedToOrigin": cache(**AUTHORIZATION)})},
    ),
    Report(
        what="An origin request policy forwards Authorization",
        says="Invalid request provided: AWS::CloudFront::OriginRequestPolicy", source=f"{CDK}/13408",
        new={"Policy": of("CloudFront::OriginRequestPolicy", OriginRequestPolicyConfig={
            "Name": "p", "CookiesConfig": {"CookieBehavior": "none"}, "HeadersConfig": AUTHORIZATION,
            "QueryStringsConfig": {"QueryStringBehavior": "none"}})},
    ),
    Report(
        what="A web ACL is associated with a distribution", says="The ARN isn't valid, field: RESOURCE_ARN",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/28753", told="The ARN isn't valid.",
        new={"Guard": of("WAFv2::WebACLAssociation",
                         ResourceArn={"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/E1"},
                         WebACLArn="arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1a2b3c4d")},
    ),
    Report(
        what="A name's CNAME record becomes an A record of another construct",
        says="RRSet of type CNAME is not permitted as it conflicts with other records with the same DNS name",
        source="https://github.com/aws/aws-sdk-java/issues/1996",
        old={"Alias": record("CNAME")}, new={"Address": record("A")},
    ),
    Report(
        what="A service is registered before a listener has its target group",
        says="The target group does not have an associated load balancer", source=f"{CDK}/1160",
        new=balanced("internal") | {"Service": SERVICE},
    ),
    Report(
        what="A load balancer is replaced, and its target group is not",
        says="The following target groups cannot be associated with more than one load balancer",
        source="https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/643",
        old=balanced("internal"), new=balanced("internet-facing"),
    ),
]  # fmt: skip
