"""The JSON schemas of every wire model that a route takes or gives, under names that are short wherever they are unique."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

type Schema = dict[str, Any]
type Wanted = tuple[Any, JsonSchemaMode]

REF = "#/components/schemas/"
_QUALIFIED = re.compile(r"^(?P<place>[\w.]+?)__(?P<rest>\w+)__(?P<name>[A-Z]\w*?)(?P<suffix>-Input|-Output)?$")


class WireSchema(GenerateJsonSchema):
    """Pydantic's schemas as this API's wire has them: exact decimals are numbers, and no title repeats a field's name."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        """A Decimal stands on the wire as a number with its decimals (rule G3)."""
        made: Schema = {"type": "number"}
        for bound, keyword in (("ge", "minimum"), ("gt", "exclusiveMinimum"), ("le", "maximum"), ("lt", "exclusiveMaximum")):
            if bound in schema:
                made[keyword] = float(schema[bound])  # type: ignore[literal-required]  # the four bounds are keys of it
        return made

    def encode_default(self, dft: Any) -> Any:
        """A default as it would stand on the wire."""
        return (float(dft) if dft % 1 else int(dft)) if isinstance(dft, Decimal) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the signature is pydantic's
        """A title made of the field's own name tells nothing."""
        return False


def _short(name: str) -> str:
    """A name that pydantic qualified because two modules have it: the module and the name (`ClassesStatus`)."""
    found = _QUALIFIED.match(name)
    if not found:
        return name
    module = found["rest"].split("__")[0] if found["place"] == "functions" else found["place"]
    return module.title().replace("_", "") + found["name"] + (found["suffix"] or "")


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        made = {k: _renamed(v, names) for k, v in value.items()}
        if isinstance(ref := made.get("$ref"), str):
            made["$ref"] = REF + names.get(ref.removeprefix(REF), ref.removeprefix(REF))
        return made
    return [_renamed(v, names) for v in value] if isinstance(value, list) else value


def schemas_of(wanted: Iterable[Wanted]) -> tuple[dict[Wanted, Schema], dict[str, Schema]]:
    """The schema of each wanted type, and the components that they refer to, by name."""
    listed = list(dict.fromkeys(wanted))
    adapters = [(index, mode, TypeAdapter(kind)) for index, (kind, mode) in enumerate(listed)]
    found, rest = TypeAdapter.json_schemas(adapters, ref_template=REF + "{model}", schema_generator=WireSchema)
    components = rest.get("$defs", {})
    names = {name: _short(name) for name in components}
    if len(set(names.values())) != len(names):
        raise ValueError(f"two wire models share a name: {sorted(names.values())}")
    made = {listed[index]: _renamed(schema, names) for (index, _), schema in found.items()}
    return made, dict(sorted((names[n], _renamed(s, names)) for n, s in components.items()))


def resolved(schema: Schema, components: dict[str, Schema]) -> Schema:
    """The schema behind a reference, with what stands beside the reference kept."""
    while "$ref" in schema:
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        schema = {**components[schema["$ref"].removeprefix(REF)], **beside}
    return schema


def without_null(schema: Schema) -> Schema:
    """The schema of a value that is there: the alternative `null` taken away."""
    options = [s for s in schema.get("anyOf", ()) if s.get("type") != "null"]
    if len(options) != 1 or len(options) == len(schema.get("anyOf", ())):
        return schema
    return {**options[0], **{k: v for k, v in schema.items() if k not in {"anyOf", "default"} or (k == "default" and v is not None)}}
