"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from aws_cdk import App
from passkeys_stack import PasskeysStack

app = App()
PasskeysStack(app, "Passkeys")
app.synth()
