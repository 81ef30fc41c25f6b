"""Synthesizes the app of a run: `python -m constructs_lib.ephemeral FOLDER PREFIX TAG RUN_ID ASSETS [--local]`."""

import gc

gc.disable()  # a synth makes many objects and frees none: collecting costs a fifth of it

import argparse
import json

from aws_cdk import App, CliCredentialsStackSynthesizer, Tags

from constructs_lib.ephemeral.stack import EphemeralStack
from constructs_lib.starters import source


def main() -> None:
    """Write the assembly."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="the assembly's folder")
    parser.add_argument("prefix", help="the stack's name")
    parser.add_argument("tag", help="the key of the run's tag")
    parser.add_argument("run_id", help="its value")
    parser.add_argument("assets", help="the bucket that packages are uploaded to")
    parser.add_argument("--local", action="store_true", help="package functions for the local cloud")
    parser.add_argument("--costly", nargs=2, metavar=("REGION", "REPLICA"), help="the stack of what takes longer")
    options = parser.parse_args()
    flags = json.loads(source("cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(outdir=options.folder, context=flags)
    synthesizer = CliCredentialsStackSynthesizer(file_assets_bucket_name=options.assets)
    if options.costly:
        from constructs_lib.ephemeral.costly import CostlyStack  # noqa: PLC0415 - CloudFront is slow to import

        region, replica = options.costly
        costly = CostlyStack(
            app, options.prefix, region=region, replica_region=replica, local=options.local, synthesizer=synthesizer
        )
        Tags.of(costly).add(options.tag, options.run_id)
    else:
        stack = EphemeralStack(app, options.prefix, local=options.local, synthesizer=synthesizer)
        Tags.of(stack).add(options.tag, options.run_id)
        stack.tag_tables(options.tag, options.run_id)
    app.synth()
    gc.freeze()  # spares the interpreter a last walk through all of them


main()
