"""A page that callers may write runs scripts with the credentials of each user who opens it."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.access_paths.openings import allow, att, join, of, sub
from tests.analysis.proof.access_paths.services_with_roles import calls, report, route

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
OPTIMIZED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
SITE: Final = {"Site": of("AWS::S3::Bucket")}
IMPORTED: Final = {"Fn::ImportValue": "x"}


def writes(keys: str) -> Document:
    return allow("s3:PutObject", join(att("Site"), keys))


def website(**said: Any) -> Document:
    return {"Site": of("AWS::S3::Bucket", WebsiteConfiguration=said)}


def served(target: Any = "s", path: str = "", **config: Any) -> Document:
    """A distribution of a page, and of media from another origin."""
    site = {"Id": "s", "DomainName": att("Site", "RegionalDomainName"), "S3OriginConfig": {}, "OriginPath": path}
    media = {"Id": "m", "DomainName": "media.example.com", "CustomOriginConfig": {}}
    said = {
        "Enabled": True, "Origins": [site, media],
        "DefaultCacheBehavior": {"TargetOriginId": target, "CachePolicyId": OPTIMIZED}, **config,
    }  # fmt: skip
    return {**SITE, "Web": of("AWS::CloudFront::Distribution", DistributionConfig=said)}


def behaviour(target: Any) -> Document:
    return {"PathPattern": "*", "TargetOriginId": target, "CachePolicyId": OPTIMIZED}


def elsewhere(domain: str) -> Document:
    """A distribution of a bucket that no template has."""
    origin = {"Id": "s", "DomainName": domain, "S3OriginConfig": {}}
    return served(Origins=[origin])


def backend(key: str = "", bucket: str = "${Site}", uri: Any = None, method: str = "GET") -> Document:
    """A route of a REST API that serves an object of a bucket."""
    uri = uri or sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/{bucket}/{key}")
    integration = {"Type": "AWS", "IntegrationHttpMethod": method, "Uri": uri, "Credentials": "arn"}
    made = of("AWS::ApiGateway::Method", HttpMethod=method, AuthorizationType="AWS_IAM", RestApiId="api",
              ResourceId="r", Integration=integration)  # fmt: skip
    return {**SITE, "Route": made}


def copied() -> Document:
    """A bucket that is replicated to that of the page."""
    rules = [{"Status": "Enabled", "Destination": {"Bucket": att("Site")}}]
    return {"In": of("AWS::S3::Bucket", ReplicationConfiguration={"Role": "arn", "Rules": rules})}


def legacy(origin: Any, name: str = "S3Origin") -> Document:
    """A distribution that names its origin in a property of before origins had IDs."""
    made = served(**{name: origin})
    del made["Web"]["Properties"]["DistributionConfig"]["Origins"]
    return made


def public(keys: str = "/*", action: str = "s3:GetObject", who: Any = "*", *, blocks: bool = False) -> Document:
    """A bucket whose policy lets everyone read."""
    said = {"BlockPublicPolicy": blocks, "RestrictPublicBuckets": blocks}
    reads = allow(action, join(att("Site"), keys), Principal=who)
    policy = {"Bucket": {"Ref": "Site"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [reads]}}
    site = of("AWS::S3::Bucket", PublicAccessBlockConfiguration=said)
    return {"Site": site, "Open": of("AWS::S3::BucketPolicy", **policy)}


def public_by_acl() -> Document:
    said = {"BlockPublicAcls": False, "IgnorePublicAcls": False}
    return {"Site": of("AWS::S3::Bucket", AccessControl="PublicRead", PublicAccessBlockConfiguration=said)}


def deployed(*keys: Any, known: bool = True) -> Document:
    """The CDK's deployment of archives to the bucket of the page."""
    keys = keys or ("site.zip",)
    said = {
        "SourceBucketNames": [{"Ref": "In"} for _ in keys], "DestinationBucketName": {"Ref": "Site"},
        "SourceObjectKeys": [*keys] if known else IMPORTED,
    }  # fmt: skip
    return {"In": of("AWS::S3::Bucket"), "Files": of("Custom::CDKBucketDeployment", ServiceToken="arn", **said)}


def hosted() -> Document:
    """The CDK's deployment of an archive to Amplify Hosting."""
    said = {"AppId": "a", "BranchName": "main", "S3BucketName": {"Ref": "In"}, "S3ObjectKey": "up/site.zip"}
    return {"In": of("AWS::S3::Bucket"), "Files": of("Custom::AmplifyAssetDeployment", ServiceToken="arn", **said)}


def sent(address: Any, name: str = "CallbackURLs") -> Document:
    """A client whose users Cognito sends to an address."""
    return {"Client": of("AWS::Cognito::UserPoolClient", UserPoolId="us-east-1_x", **{name: address})}


def media(**config: Any) -> Document:
    """A distribution that only serves media."""
    return served(Origins=MEDIA, **config)


def of_api(address: Any, **more: Document) -> Document:
    """A route with a parameter, of an API to which Cognito sends users."""
    return {**backend("{key}"), **sent([address]), **more}


EDGE: Final = {"FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": "arn"}]}
MEDIA: Final = [{"Id": "s", "DomainName": att("Site", "RegionalDomainName"), "S3OriginConfig": {}}]
MEDIA_BY_NAME: Final = {"Id": "n", "DomainName": "n.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {}}
ERRORS: Final = [{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/err/page"}]
INDEX: Final = website(IndexDocument="index.html")
ROOT: Final = served(DefaultRootObject="index.html")
CASES: Final[dict[str, tuple[Document, tuple[Document, ...], Status]]] = {
    "everything of a website": (INDEX, (writes("/*"),), UNDECIDED),
    "the index of a website": (INDEX, (writes("/index.html"),), UNDECIDED),
    "scripts of a website": (INDEX, (writes("/assets/*.js"),), UNDECIDED),
    "a page of a website": (INDEX, (writes("/about.html"),), UNDECIDED),
    "the policy of a website": (INDEX, (allow("s3:PutBucketPolicy", att("Site")),), UNDECIDED),
    "the settings of a website": (INDEX, (allow("s3:PutBucketWebsite", att("Site")),), UNDECIDED),
    "an index that the template does not determine": (website(IndexDocument=IMPORTED), (writes("/a*"),), UNDECIDED),
    "everything of a distribution": (ROOT, (writes("/*"),), UNDECIDED),
    "the index of a distribution below a path": (
        served(path="/app", DefaultRootObject="index.html"), (writes("/app/*"),), UNDECIDED
    ),
    "the index of an origin that the template does not determine": (
        served(IMPORTED, DefaultRootObject="index.html"), (writes("/*"),), UNDECIDED
    ),
    "a copy of what users write": ({**ROOT, **copied()}, (allow("s3:PutObject", sub("${In.Arn}/*")),), UNDECIDED),
    "a copy of a shared folder": ({**ROOT, **copied()}, (allow("s3:PutObject", sub("${In.Arn}/a/*")),), UNDECIDED),
    "everything of a distribution without a root object": (served(), (writes("/*"),), UNDECIDED),
    "the index of a distribution without a root object": (served(), (writes("/i*"),), UNDECIDED),
    "a root object that is not the index": (
        served(DefaultRootObject="home/page"), (writes("/home/*"),), UNDECIDED
    ),
    "a distribution that the template does not determine": (
        {**SITE, "Web": of("AWS::CloudFront::Distribution", DistributionConfig=IMPORTED)}, (writes("/*"),), UNDECIDED
    ),
    "a shared folder behind a distribution that the template does not determine": (
        {**SITE, "Web": of("AWS::CloudFront::Distribution", DistributionConfig=IMPORTED)},
        (writes("/config.json"),), UNDECIDED
    ),
    "the error page of a distribution": (served(CustomErrorResponses=ERRORS), (writes("/err/*"),), UNDECIDED),
    "an error page that the template does not determine": (
        served(CustomErrorResponses=IMPORTED), (writes("/err/*"),), UNDECIDED
    ),
    "the origin of another behaviour": (served("m", CacheBehaviors=[behaviour("s")]), (writes("/*"),), UNDECIDED),
    "the origin of another behaviour that the template does not determine": (
        served("m", CacheBehaviors=IMPORTED), (writes("/*"),), UNDECIDED
    ),
    "the error document of a website": (website(ErrorDocument="err/page"), (writes("/err/*"),), UNDECIDED),
    "the page of a route": (backend("pages/home"), (writes("/pages/*"),), UNDECIDED),
    "everything behind a route with a parameter": (backend("{key}"), (writes("/*"),), UNDECIDED),
    "everything of a bucket by its name": (
        elsewhere("www.s3.eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything of a website by its name": (
        elsewhere("www.s3-website-eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything of a bucket of a route by its name": (
        backend("x", "www"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything, by a route": ({**ROOT, **route(calls("s3:path/x"), writes("/*"))}, (), UNDECIDED),
    "pictures of a distribution": (ROOT, (writes("/images/*.PNG"),), PROVED),
    "a shared folder beside the page of a distribution": (ROOT, (writes("/assets/*"),), UNDECIDED),
    "the settings of the page of a distribution": (ROOT, (writes("/config.json"),), UNDECIDED),
    "a shared folder of a website": (INDEX, (writes("/static/*"),), UNDECIDED),
    "a shared folder of a website that the guests name": (
        INDEX, (writes("/${aws:PrincipalTag/team, 'all'}/*"),), UNDECIDED
    ),
    "a folder by a name that the caller chooses": (INDEX, (writes("/${aws:Referer}/*"),), UNDECIDED),
    "a shared folder of the page of a route": (
        {**backend("home.html"), "Rest": backend("{key}")["Route"]}, (writes("/assets/*"),), UNDECIDED
    ),
    "a shared folder behind a distribution with code at the edge": (
        served("n", Origins=[*MEDIA, MEDIA_BY_NAME], CacheBehaviors=[{**behaviour("s"), "PathPattern": "x", **EDGE}]),
        (writes("/assets/*"),), UNDECIDED
    ),
    "a shared folder behind a distribution whose code the template does not determine": (
        served("s", Origins=MEDIA, DefaultCacheBehavior={**behaviour("s"), "FunctionAssociations": IMPORTED}),
        (writes("/assets/*"),), UNDECIDED
    ),
    "a shared folder behind a distribution of a server": (served(), (writes("/assets/*"),), UNDECIDED),
    "a shared folder that a behavior of a page's distribution serves": (
        served("m", DefaultRootObject="app", CacheBehaviors=[{**behaviour("s"), "PathPattern": "media/*"}]),
        (writes("/media/*"),), UNDECIDED
    ),
    "a shared folder that no behavior of a page's distribution serves": (
        served("m", DefaultRootObject="app", CacheBehaviors=[{**behaviour("s"), "PathPattern": "media/*"}]),
        (writes("/incoming/*"),), PROVED
    ),
    "a shared folder behind a distribution of media": (served(Origins=MEDIA), (writes("/public/*"),), PROVED),
    "a shared folder of media with an error page of CloudFront": (
        served(Origins=MEDIA, CustomErrorResponses=[{"ErrorCode": 403, "ErrorCachingMinTTL": 10}]),
        (writes("/public/*"),), PROVED
    ),
    "a shared folder of what is deployed behind a distribution": (
        {**served(Origins=MEDIA), **deployed()}, (writes("/public/*"),), UNDECIDED
    ),
    "a page of a distribution in capitals": (served(Origins=MEDIA), (writes("/About.HTML"),), UNDECIDED),
    "scripts of a distribution by a pattern of their ends": (served(Origins=MEDIA), (writes("/app/m.j?"),), UNDECIDED),
    "the index of a distribution by a legacy property": (
        legacy({"DNSName": att("Site", "DomainName")}), (writes("/index.html"),), UNDECIDED
    ),
    "the index of a distribution by a legacy property of other origins": (
        legacy({"DNSName": att("Site", "DomainName")}, "CustomOrigin"), (writes("/index.html"),), UNDECIDED
    ),
    "the index of a distribution without a default behavior": (
        served(DefaultCacheBehavior=None), (writes("/index.html"),), UNDECIDED
    ),
    "the index of a distribution by a legacy property that the template does not determine": (
        legacy(IMPORTED), (writes("/index.html"),), UNDECIDED
    ),
    "the index of a bucket that everyone may read": (public(), (writes("/index.html"),), UNDECIDED),
    "a script of a bucket that everyone may read": (public(), (writes("/app.js"),), UNDECIDED),
    "a shared folder of a bucket that everyone may read": (public(), (writes("/public/*"),), PROVED),
    "a shared folder of what is deployed to a bucket that everyone may read": (
        {**public(), **deployed()}, (writes("/assets/*"),), UNDECIDED
    ),
    "the index of a bucket that everyone may read by its ACL": (public_by_acl(), (writes("/*"),), UNDECIDED),
    "everything of a bucket where everyone may read a folder": (public("/public/*"), (writes("/*"),), PROVED),
    "everything of a bucket that a service may read": (
        public(who={"Service": "cloudtrail.amazonaws.com"}), (writes("/*"),), PROVED
    ),
    "everything of a bucket where everyone may list": (public(action="s3:ListBucket"), (writes("/*"),), PROVED),
    "everything of a bucket whose public policy is blocked": (public(blocks=True), (writes("/*"),), PROVED),
    "the archive of a page": (
        {**INDEX, **deployed("up/site.zip")}, (allow("s3:PutObject", sub("${In.Arn}/up/*")),), UNDECIDED
    ),
    "the archive of a page by a key that the template does not determine": (
        {**INDEX, **deployed(IMPORTED)}, (allow("s3:PutObject", sub("${In.Arn}/up/*")),), UNDECIDED
    ),
    "the archive of a page that Amplify hosts": (
        {**INDEX, **hosted()}, (allow("s3:PutObject", sub("${In.Arn}/up/*")),), UNDECIDED
    ),
    "the archives of a page by keys that the template does not determine": (
        {**INDEX, **deployed("a.zip", "b.zip", known=False)}, (allow("s3:PutObject", sub("${In.Arn}/up/*")),), UNDECIDED
    ),
    "a shared folder of what is deployed behind a route": (
        {**backend("{key}"), **deployed()}, (writes("/public/*"),), UNDECIDED
    ),
    "what is beside the archive of a page": (
        {**INDEX, **deployed("up/site.zip")}, (allow("s3:PutObject", sub("${In.Arn}/media/*")),), PROVED
    ),
    "a shared folder of a distribution to which Cognito sends users": (
        {**media(), **sent([sub("https://${Web.DomainName}/auth/done?x=1")])}, (writes("/auth/*"),), UNDECIDED
    ),
    "another shared folder of a distribution to which Cognito sends users": (
        {**media(), **sent([sub("https://${Web.DomainName}/auth/done")])}, (writes("/public/*"),), UNDECIDED
    ),
    "a shared folder of a distribution to which Cognito sends users by its alias": (
        {**media(Aliases=["cdn.example.com"]), **sent(["https://CDN.example.com:443/auth/done"])},
        (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of a distribution to which Cognito sends users by a parameter": (
        {**media(Aliases=[IMPORTED]), **sent([{"Fn::Join": ["", ["https://", IMPORTED, "/auth/done"]]}])},
        (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of a distribution to which Cognito sends users by one of its aliases": (
        {**media(Aliases=["*.example.com"]), **sent("https://cdn.example.com/auth/done", "DefaultRedirectURI")},
        (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of a distribution to which Cognito sends users by a tenant's domain": (
        {**media(), **sent(["https://t.example.com/auth/done"], "LogoutURLs"),
         "Tenant": of("AWS::CloudFront::DistributionTenant", DistributionId={"Ref": "Web"},
                      Domains=[{"Domain": "t.example.com"}])}, (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of a distribution to which Cognito does not send users": (
        {**media(Aliases=["cdn.example.com"]), **sent(["https://app.example.com/auth/done", IMPORTED])},
        (writes("/auth/*"),), PROVED
    ),
    "a shared folder of an API to which Cognito sends users": (
        of_api("https://api.execute-api.us-east-1.amazonaws.com/prod/auth/done"), (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of an API to which Cognito sends users by its domain": (
        of_api("https://auth.example.com/done",
               Domain=of("AWS::ApiGateway::DomainName", DomainName="auth.example.com"),
               Mapping=of("AWS::ApiGateway::BasePathMapping", RestApiId="api", DomainName={"Ref": "Domain"})),
        (writes("/auth/*"),), UNDECIDED
    ),
    "a shared folder of an API to which Cognito does not send users": (
        of_api("https://auth.example.com/done",
               Mapping=of("AWS::ApiGateway::BasePathMapping", RestApiId="other", DomainName="auth.example.com")),
        (writes("/auth/*"),), PROVED
    ),
    "images below one's own name": (ROOT, (allow("s3:PutObject", join(att("Site"), f"/u/{SUB}/*")),), PROVED),
    "images of a website": (INDEX, (writes("/images/*.png"),), PROVED),
    "everything, to read it": (INDEX, (allow("s3:GetObject", join(att("Site"), "/*")),), PROVED),
    "everything of media behind a distribution": (served("m", DefaultRootObject="index.html"), (writes("/*"),), PROVED),
    "everything below a path behind a route with a parameter": (
        backend("app/{key}"), (writes("/app/i*"),), UNDECIDED
    ),
    "everything behind a route that reads it by an action": (
        backend(uri=sub("arn:aws:apigateway:${AWS::Region}:s3:action/GetObject&Bucket=${Site}")),
        (writes("/*"),), UNDECIDED
    ),
    "everything that a route writes": (
        backend("{key}", method="PUT"), (writes("/*"),), PROVED
    ),
    "images behind a route with a parameter": (backend("{folder}/{key}"), (writes("/images/*"),), PROVED),
    "a shared folder of a distribution with error pages": (
        served(Origins=MEDIA, CustomErrorResponses=ERRORS), (writes("/images/*"),), UNDECIDED
    ),
    "everything of another bucket by its name": (
        elsewhere("www.s3.eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::media/*"),), PROVED
    ),
    "everything of a website that redirects": (
        website(RedirectAllRequestsTo={"HostName": "example.com"}), (writes("/*"),), PROVED
    ),
    "everything of a bucket that serves no page": (SITE, (writes("/*"),), PROVED),
    "a page of another bucket": (
        {**INDEX, "Other": of("AWS::S3::Bucket")}, (allow("s3:PutObject", sub("${Other.Arn}/*.html")),), PROVED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_may_write_a_page_is_told(name: str) -> None:
    resources, rights, expected = CASES[name]
    found = report(resources, *rights)
    stories = [each.story for each in found.findings if each.story]
    assert found.status is expected, stories
    named = [each for each in stories if any(f"the page of {name} " in each for name in ("Site", "www", "Files"))]
    assert bool(named) is (expected is UNDECIDED)


def test_the_page_and_the_bucket_are_named() -> None:
    stories = [each.story for each in report(INDEX, writes("/*")).findings if each.subject == "the page of Site"]
    assert len(stories) == 1
    assert "may write there: Site takes what the page of Site runs from" in stories[0]


def test_the_page_of_a_route_is_named() -> None:
    found = report(backend("pages/home"), writes("/pages/*"))
    assert any("/pages/home and the objects beside it (Integration)" in str(each.story) for each in found.findings)


def test_a_folder_of_ones_team_is_none_of_the_page() -> None:
    found = report(INDEX, writes("/teams/${aws:PrincipalTag/team}/*"))
    assert not any("the page of Site" in str(each.story) for each in found.findings)
