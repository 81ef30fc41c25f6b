"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from aws_cdk import App
from photo_sharing_stack import PhotoSharingStack

app = App()
PhotoSharingStack(app, "PhotoSharing", local=app.node.try_get_context("stage") == "local")
app.synth()
