"""Anyone gets what is public, from CloudFront, and nothing else of the bucket."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib.access import allow
from constructs_lib.api import WebAcl, anyone
from constructs_lib.cdn import PublicFiles
from tests.cdn.conftest import ACCESS, Made, only, to_cloudfront
from tests.cfn_lint_rules import lint
from tests.synthesis import new_function, plain

CERTIFICATE = "arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000000"


def test_the_bucket_lets_in_this_distribution_to_get_objects_of_this_folder(template: dict[str, Any]) -> None:
    [public, _] = sorted(to_cloudfront(template["Resources"]), key=lambda each: "private" in str(each))
    assert plain(public) == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "<FilesBucket.Arn>/public/*",
        "Condition": {
            "StringEquals": {
                "aws:SourceArn": "arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<PublicDistribution>"
            }
        },
    }


def test_a_distribution_has_one_behavior_and_signs_to_s3(template: dict[str, Any]) -> None:
    for name in ("Public", "Private"):
        config = only(template["Resources"], "AWS::CloudFront::Distribution", name)["DistributionConfig"]
        assert "CacheBehaviors" not in config
        [origin] = config["Origins"]
        assert plain(origin["OriginAccessControlId"]) == f"<{name}AccessControl.Id>"
        assert config["DefaultCacheBehavior"]["AllowedMethods"] == ["GET", "HEAD"]
        assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    control = only(template["Resources"], "AWS::CloudFront::OriginAccessControl", "Public")
    assert control["OriginAccessControlConfig"]["SigningBehavior"] == "always"


def test_what_people_upload_is_shown_and_never_run(template: dict[str, Any]) -> None:
    config = only(template["Resources"], "AWS::CloudFront::ResponseHeadersPolicy", "Public")
    headers = config["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith("sandbox; default-src 'none';")
    assert headers["ContentTypeOptions"] == {"Override": True}
    assert headers["ReferrerPolicy"] == {"Override": True, "ReferrerPolicy": "no-referrer"}
    assert "CorsConfig" not in config["ResponseHeadersPolicyConfig"]


def test_the_template_is_clean(template: dict[str, Any]) -> None:
    assert lint(template, "eu-west-1") == []


def test_tags_that_an_object_must_carry_hold_on_cloudfront_too(made: Callable[..., Made]) -> None:
    stack = made(readable_when_tagged={"Scan": "clean"})
    stack.public()
    [statement] = to_cloudfront(stack.resources())
    assert statement["Condition"]["StringEquals"]["s3:ExistingObjectTag/Scan"] == "clean"


def test_pages_of_named_origins_read_files_by_script(made: Callable[..., Made]) -> None:
    stack = made()
    stack.public(cors_origins=["https://app.example.com"])
    config = only(stack.resources(), "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    assert config["CorsConfig"]["AccessControlAllowOrigins"] == {"Items": ["https://app.example.com"]}
    assert config["CorsConfig"]["AccessControlAllowCredentials"] is False


def test_a_name_of_ones_own_needs_its_certificate(made: Callable[..., Made]) -> None:
    stack = made()
    with pytest.raises(ValueError, match=r"domain_names=\['files\.example\.com'\] needs a certificate in us-east-1"):
        stack.public(domain_names=["files.example.com"])
    stack = made()
    certificate = acm.Certificate.from_certificate_arn(stack.stack, "Certificate", CERTIFICATE)
    names = ["*.example.com", "files.example.com"]
    files = stack.public(domain_names=names, certificate=certificate)
    assert files.url == "https://files.example.com"
    config = only(stack.resources(), "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


@pytest.mark.parametrize(
    ("storage", "access", "words"),
    [
        (
            ACCESS,
            {"private/{owner}/*": [anyone]},
            r"contains \{owner\}, and a folder here has no owner; write 'private/n",
        ),
        (ACCESS, {"private/*": [anyone]}, r"'Stack/Files' has no rules for 'private/\*'; use one of its folders,"),
        (ACCESS, {"public/*": []}, r"access\['public/\*'\] has other callers than anyone"),
        (ACCESS, {"public": [anyone]}, "does not end in"),
        (ACCESS, {"public/*": [allow.guest]}, "anyone"),
        (
            {"public/*": [allow.guest.to("get", everyone=True)], "public/{owner}/*": [allow.owner.to("read")]},
            {"public/*": [anyone]},
            "add it to access if it is public, or move it",
        ),
        (
            {"public/*": [allow.guest.to("get")], "public/drafts/*": [allow.authenticated.to("read")]},
            {"public/*": [anyone]},
            "add it to access if it is public, or move it",
        ),
    ],
)
def test_what_is_not_everybodys_is_refused(made: Callable[..., Made], storage: Any, access: Any, words: str) -> None:
    stack = made(storage)
    with pytest.raises(ValueError, match=words):
        stack.public(access)


def test_nothing_to_serve_is_refused(made: Callable[..., Made]) -> None:
    stack = made()
    with pytest.raises(ValueError, match=r"access=\{\} has no folder"):
        PublicFiles(stack.stack, "None", storage=stack.storage, access={})


def test_a_folder_in_another_is_served_where_both_are_named(made: Callable[..., Made]) -> None:
    rules = [allow.guest.to("get")]
    stack = made({"public/*": rules, "public/news/*": rules})
    stack.public({"public/*": [anyone], "public/news/*": [anyone]})
    [statement] = to_cloudfront(stack.resources())
    assert [plain(each) for each in statement["Resource"]] == [
        "<FilesBucket.Arn>/public/*",
        "<FilesBucket.Arn>/public/news/*",
    ]


def test_a_storage_that_cannot_let_in_one_distribution_alone_is_refused(made: Callable[..., Made]) -> None:
    stack = made()
    other = Stack(App(), "Other")
    with pytest.raises(ValueError, match="'Stack/Files' is in another stack"):
        PublicFiles(other, "Public", storage=stack.storage, access={"public/*": [anyone]})
    encrypted = made(encryption_key=kms.Key(stack.stack, "Key"))
    with pytest.raises(ValueError, match="has an encryption_key"):
        encrypted.public()
    function = new_function(stack.stack)
    existing = made(
        {"public/*": [allow.function(function).to("get")]},
        bucket=s3.Bucket.from_bucket_name(stack.stack, "Bucket", "somebody-elses-bucket"),
    )
    with pytest.raises(ValueError, match="'Stack/Files' has an existing bucket and creates none"):
        existing.public()


def test_a_log_bucket_that_cloudfront_cannot_write_to_is_refused(made: Callable[..., Made]) -> None:
    stack = made()
    logs = s3.Bucket(stack.stack, "Logs", encryption=s3.BucketEncryption.KMS_MANAGED)
    with pytest.raises(ValueError, match="which CloudFront cannot use"):
        stack.public(access_logs_bucket=logs)


@pytest.mark.parametrize("ownership", [None, s3.ObjectOwnership.BUCKET_OWNER_ENFORCED])
def test_a_log_bucket_without_acls_is_refused(made: Callable[..., Made], ownership: s3.ObjectOwnership | None) -> None:
    stack = made()
    logs = s3.Bucket(stack.stack, "Logs", object_ownership=ownership)
    with pytest.raises(ValueError, match=r"does not allow ACLs.*create it with object_ownership="):
        stack.public(access_logs_bucket=logs)


@pytest.mark.parametrize(
    "options",
    [
        {"object_ownership": s3.ObjectOwnership.BUCKET_OWNER_PREFERRED},
        {"access_control": s3.BucketAccessControl.LOG_DELIVERY_WRITE},
    ],
    ids=str,
)
def test_a_log_bucket_with_acls_is_accepted(made: Callable[..., Made], options: dict[str, Any]) -> None:
    stack = made()
    stack.public(access_logs_bucket=s3.Bucket(stack.stack, "Logs", **options))
    distribution = only(stack.resources(), "AWS::CloudFront::Distribution")
    assert "Logging" in distribution["DistributionConfig"]


def test_the_firewall_of_a_region_is_none_of_a_distribution(made: Callable[..., Made]) -> None:
    stack = made()
    with pytest.raises(ValueError, match=r"'Stack/Acl/.*' is a web ACL of scope REGIONAL; use one of scope CLOUDFRONT"):
        stack.public(web_acl_arn=WebAcl(stack.stack, "Acl").arn)
