"""A project with a fake CDK command line that reproduces a fault in a fraction of a second."""

import json
from pathlib import Path

SCRIPT = """
const fs = require("fs");
const value = (name) => process.argv[process.argv.indexOf(name) + 1];
const end = (said) => { console.error(said); process.exit(1); };
const fault = fs.existsSync("fault") ? fs.readFileSync("fault", "utf8") : "";
const out = value("--output");
if (fault === "killed in the synthesis") process.kill(process.pid, "SIGKILL");
if (fault === "full in the synthesis") end("OSError: [Errno 28] No space left on device");
fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(`${out}/manifest.json`, "{}");
console.log("Synthesis time: 0.1s");
if (fault === "killed in the deploy") process.kill(process.pid, "SIGKILL");
if (fault === "full in the deploy") end("Error: ENOSPC: no space left on device, write");
if (fault === "failed") end("Stack: it failed");
fs.writeFileSync(value("--outputs-file"), fault === "outputs cut" ? '{"Stack": {"Ke' : '{"Stack": {"Key": "value"}}');
"""
TEMPLATE = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"


def make_project(folder: Path) -> Path:
    """Create the project."""
    package = folder / "node_modules" / "aws-cdk"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "cdk").write_text(SCRIPT)
    (package / "package.json").write_text(json.dumps({"version": "2.1148.1"}))
    template = package / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml"
    template.parent.mkdir(parents=True)
    template.write_text(TEMPLATE)
    (package / "lib" / "index.js").write_text("//")
    return folder
