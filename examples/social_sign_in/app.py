"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from social_sign_in_stack import SocialSignInStack

from constructs_lib.validation import validated_app

app = validated_app()
SocialSignInStack(
    app,
    "SocialSignIn",
    domain_prefix=app.node.try_get_context("domain_prefix") or "notes-of-friends",
    local=app.node.try_get_context("stage") == "local",
)
app.synth()
