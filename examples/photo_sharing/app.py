"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from photo_sharing_stack import PhotoSharingStack

from constructs_lib.validation import validated_app

# The proof fails the synth on every access to another user's data, except this intended one: titles are public.
app = validated_app(accept=["Album {owner}:get"])
PhotoSharingStack(app, "PhotoSharing", local=app.node.try_get_context("stage") == "local")
app.synth()
