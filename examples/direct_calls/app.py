"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from direct_calls_stack import DirectCallsStack

from constructs_lib.validation import validated_app

app = validated_app()
DirectCallsStack(app, "DirectCalls", local=app.node.try_get_context("stage") == "local")
app.synth()
