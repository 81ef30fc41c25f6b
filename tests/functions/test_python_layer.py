"""Packages as a layer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.functions import PythonFunction, PythonLayer


def test_packages_are_built_where_lambda_looks_for_them(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("tiny")
    entry = tmp_path / "layer"
    entry.mkdir()
    (entry / "requirements.txt").write_text(requirements("tiny==1.0"), encoding="utf-8")
    (entry / "notes.py").touch()
    app = App(outdir=str(tmp_path / "cdk.out"))
    PythonLayer(Stack(app, "S"), "L", entry=entry)
    (asset,) = Path(app.synth().directory).glob("asset.*")
    assert [path.name for path in asset.iterdir()] == ["python"]
    assert sorted(path.name for path in (asset / "python").iterdir()) == ["tiny", "tiny-1.0.dist-info"]


def test_a_function_imports_from_its_layers(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("tiny==1.0\n", encoding="utf-8")
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    layer = PythonLayer(stack, "L", entry=tmp_path, runtime="python3.12", architecture="x86_64")
    PythonFunction(stack, "F", entry=tmp_path, runtime="python3.12", architecture="x86_64", layers=[layer.layer])
    template = Template.from_stack(stack)
    ((name, found),) = template.find_resources("AWS::Lambda::LayerVersion").items()
    assert found["Properties"]["CompatibleArchitectures"] == ["x86_64"]
    assert found["Properties"]["CompatibleRuntimes"] == ["python3.12"]
    template.has_resource_properties("AWS::Lambda::Function", {"Layers": [{"Ref": name}]})


def test_a_layer_without_packages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="requires no package; add a requirements"):
        PythonLayer(Stack(), "L", entry=tmp_path)
