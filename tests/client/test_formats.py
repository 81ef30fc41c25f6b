"""The same content in four shapes."""

import json

from constructs_lib.client.formats import FORMATS, as_dart, as_env, as_json, as_typescript

CONTENT = {
    "version": "1.5",
    "auth": {"user_pool_id": "eu-west-1_Abc", "groups": [{"editors": {"precedence": 0}}]},
    "custom": {"notesTableName": "it's $HOME", "API": {"shares": {"endpoint": "https://a.example"}}},
}


def test_json_is_the_content() -> None:
    assert json.loads(as_json(CONTENT)) == CONTENT


def test_env_holds_every_value_under_one_plain_name_and_quotes_what_a_shell_would_touch() -> None:
    assert as_env(CONTENT).splitlines() == [
        "AUTH_USER_POOL_ID=eu-west-1_Abc",
        """AUTH_GROUPS='[{"editors": {"precedence": 0}}]'""",
        r"CUSTOM_NOTES_TABLE_NAME='it'\''s $HOME'",
        "CUSTOM_API_SHARES_ENDPOINT=https://a.example",
    ]


def test_typescript_exports_the_content_with_its_exact_type() -> None:
    module = as_typescript(CONTENT)
    body = module.removeprefix("export const outputs = ").partition(" as const;")[0]
    assert json.loads(body) == CONTENT
    assert "export type Outputs = typeof outputs;" in module


def test_dart_is_a_raw_string_that_no_value_can_end() -> None:
    said = as_dart({"custom": {"motto": "'''; import 'dart:io'; r'''", "price": "$5", "city": "Zürich"}})
    body = said.removeprefix("const amplifyConfig = r'''").removesuffix("''';")
    assert "'" not in body
    assert json.loads(body)["custom"] == {"motto": "'''; import 'dart:io'; r'''", "price": "$5", "city": "Zürich"}


def test_every_format_has_its_usual_file_name() -> None:
    assert {word: name for word, (name, _) in FORMATS.items()} == {
        "json": "amplify_outputs.json",
        "dart": "amplify_outputs.dart",
        "env": ".env",
        "ts": "outputs.ts",
    }
