"""The Amplify file is complete, and what Amplify would misread is refused."""

import re
from typing import Any

import pytest

from constructs_lib.client.amplify import amplify_outputs, check_group_names, readable_outputs

PLAIN = {
    "Region": "eu-west-1",
    "UserPoolId": "eu-west-1_Abc",
    "UserPoolClientId": "client",
    "IdentityPoolId": "eu-west-1:pool",
}


def test_plain_stack_outputs_make_a_small_valid_file() -> None:
    content = amplify_outputs(
        {**PLAIN, "BucketName": "files", "NotesTableName": "notes", "ApiUrl": "https://abc.example/"}
    )
    assert content == {
        "version": "1.5",
        "auth": {
            "aws_region": "eu-west-1",
            "user_pool_id": "eu-west-1_Abc",
            "user_pool_client_id": "client",
            "identity_pool_id": "eu-west-1:pool",
        },
        "storage": {"aws_region": "eu-west-1", "bucket_name": "files"},
        "custom": {
            "NotesTableName": "notes",
            "API": {"main": {"endpoint": "https://abc.example", "region": "eu-west-1"}},
        },
    }


def test_people_see_the_names_of_resources_and_not_how_clients_are_configured() -> None:
    configured = {
        "authRegion": "eu-west-1",
        "userPoolId": "eu-west-1_Abc",
        "webClientId": "client",
        "mfaTypes": "[]",
        "identityPoolId": "eu-west-1:pool",
        "bucketName": "files",
        "buckets": "[]",
        "mfaConfiguration": "ON",
        "customOutputs": '{"custom": {"NotesTableName": "notes", "claims": {"a": "b"}}}',
        "Extra": "also",
    }
    assert readable_outputs(configured) == {
        **PLAIN, "BucketName": "files", "NotesTableName": "notes", "Extra": "also",
    }  # fmt: skip
    assert readable_outputs({**PLAIN, "Extra": "also"}) == {**PLAIN, "Extra": "also"}
    assert readable_outputs({"Any": "value"}) == {"Any": "value"}


def test_hosted_sign_in_needs_a_domain_and_both_redirects() -> None:
    hosted = {
        "oauthCognitoDomain": "documents.auth.eu-west-1.amazoncognito.com",
        "oauthScope": '["openid", "email"]',
        "oauthRedirectSignIn": "https://a.example/,https://b.example/",
        "oauthRedirectSignOut": "https://a.example/bye",
        "socialProviders": '["GOOGLE", "MyCompanyOidc"]',
    }
    assert amplify_outputs({**PLAIN, **hosted})["auth"]["oauth"] == {
        "identity_providers": ["GOOGLE"],
        "domain": "documents.auth.eu-west-1.amazoncognito.com",
        "scopes": ["openid", "email"],
        "redirect_sign_in_uri": ["https://a.example/", "https://b.example/"],
        "redirect_sign_out_uri": ["https://a.example/bye"],
        "response_type": "code",
    }
    del hosted["oauthRedirectSignOut"]
    assert "oauth" not in amplify_outputs({**PLAIN, **hosted})["auth"]


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"mfaConfiguration": "MAYBE"}, "output mfaConfiguration is 'MAYBE'; use one of OFF, OPTIONAL, ON"),
        ({"groups": "{"}, "output groups is '{', which is not JSON"),
        ({"groups": "{}"}, "output groups is '{}', not a JSON list"),
        ({"UserPoolId": ""}, "the stack has no output 'UserPoolId' or 'userPoolId'"),
    ],
)
def test_a_value_that_is_not_what_its_key_says_is_refused(outputs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        amplify_outputs({**PLAIN, **outputs})


@pytest.mark.parametrize(
    ("names", "culprit"),
    [
        (["admin", "superadmin"], "superadmin"),
        (["superadmin", "admin"], "superadmin"),
        (["auth"], "authenticated"),
        (["guest"], "guest"),
        (["identity"], "entityidentity"),
        (["group"], "groups"),
        (["sed", "editors"], "editors"),
    ],
)
def test_a_group_name_inside_another_rules_key_is_refused(names: list[str], culprit: str) -> None:
    with pytest.raises(ValueError, match=f"group .* cannot be told apart from .*'{culprit}' by .*; rename"):
        check_group_names(names)


def test_group_names_that_cannot_be_confused_are_accepted() -> None:
    check_group_names(["editors", "admins", "readers"])
