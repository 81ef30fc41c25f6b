"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from passkeys_stack import PasskeysStack

from constructs_lib.validation import validated_app

app = validated_app()
PasskeysStack(app, "Passkeys")
app.synth()
