"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from channels_stack import ChannelsStack

from constructs_lib.validation import validated_app

app = validated_app()
ChannelsStack(app, "Channels")
app.synth()
