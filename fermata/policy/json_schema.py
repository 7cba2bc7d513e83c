"""The JSON schema of a policy document, for editors and for checks outside Fermata."""

import orjson

from fermata.policy.document import Policy


def policy_schema() -> bytes:
    """Returns the schema (draft 2020-12) as indented JSON. ``presets/policy.schema.json`` is this, as it ships."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema(by_alias=True)}
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
