"""Examples made from schemas: the same at each run, and valid by construction (a test proves it)."""

import hashlib
import re
from typing import Any

import jsonschema_rs

from tools.docs.models import REF, Schema, resolved
from tools.docs.patterns import simplest

# What reads well under a field's name; taken only where it fits the field's schema.
BY_NAME: dict[str, Any] = {
    "academicYear": "2026-2027",
    "addressCity": "Pune",
    "addressState": "Maharashtra",
    "addressStreet": "12 Lake Road",
    "addressZip": "411001",
    "admissionNumber": "ADM-2026-0001",
    "bloodGroup": "O+",
    "boardAffiliation": "CBSE",
    "capacity": 40,
    "city": "Pune",
    "code": "MATH101",
    "country": "IN",
    "currency": "INR",
    "description": "Everything a class needs to know",
    "endDate": "2026-10-24",
    "establishedYear": 1987,
    "filename": "students.csv",
    "firstName": "Asha",
    "gender": "FEMALE",
    "grade": "10",
    "lastName": "Kulkarni",
    "locale": "en-IN",
    "message": "Operation successful",
    "parentName": "Ravi Kulkarni",
    "password": "Lakeside9road",
    "phone": "+919812345678",
    "principalName": "Meera Joshi",
    "relation": "MOTHER",
    "rollNumber": "R-1",
    "roomNumber": "12",
    "search": "asha",
    "section": "A",
    "startDate": "2026-10-20",
    "state": "Maharashtra",
    "status": "ACTIVE",
    "timezone": "Asia/Kolkata",
    "totpCode": "123456",
    "version": 1,
    "weeklyHours": 5,
    "zipCode": "411001",
}
_BY_FORMAT = {
    "date": "2026-06-01",
    "date-time": "2026-06-01T08:30:00.000Z",
    "email": "asha.kulkarni@school.example",
    "time": "08:30:00",
    "uri": "https://files.school.example/logo.png",
}
_BY_ENDING = (
    ("email", "asha.kulkarni@school.example"),
    ("phone", "+919812345678"),
    ("date", "2026-06-01"),
    ("at", "2026-06-01T08:30:00.000Z"),
    ("url", "https://files.school.example/logo.png"),
)
_MEDIA = {"text/csv": "admissionNumber,firstName,lastName\r\nADM-2026-0001,Asha,Kulkarni\r\n", "text/html": "<!doctype html>"}
_ROLE = re.compile(r"(Out|In|Row|Change|Detail)$")  # what a model's name says of its part on the wire
_ID = re.compile(r"^(\w*[a-z])?(id|_id|Id)$")


class NoExample(ValueError):
    """No valid example can be made for a field; its model should give one by `Field(examples=[…])`."""


def example_id(name: str) -> str:
    """An id as the server makes them (UUIDv7), always the same for a name such as `classId`."""
    digest = hashlib.sha256(name.replace("_", "").lower().encode()).hexdigest()
    return f"0198a2b4-{digest[:4]}-7{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"


def valid(value: Any, schema: Schema, components: dict[str, Schema]) -> bool:
    """Whether a value is valid by a schema and the components that it refers to."""
    root = {**schema, "components": {"schemas": components}} if _refers(schema) else schema  # most schemas are small ones
    return bool(jsonschema_rs.is_valid(root, value, validate_formats=True))


def _refers(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_refers, schema))
    return isinstance(schema, dict) and ("$ref" in schema or any(map(_refers, schema.values())))


class Maker:
    """Makes examples of schemas that may refer to components."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self.components = components

    def of(self, schema: Schema, name: str = "", owner: str = "") -> Any:
        """A valid example. `name` is the field's, `owner` the name of the model that it stands in."""
        made = self._made(schema, name, owner)
        if not valid(made, schema, self.components):
            raise NoExample(f"{owner or 'body'}.{name}: {made!r} does not fit its schema; give Field(examples=[…]) there")
        return made

    def _made(self, schema: Schema, name: str, owner: str) -> Any:
        if "$ref" in schema:
            owner = schema["$ref"].removeprefix(REF)
        schema = resolved(schema, self.components)
        for keyword in ("example", "const", "default"):
            if schema.get(keyword) is not None:
                return schema[keyword]
        for keyword in ("examples", "enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            real = [o for o in options if o.get("type") != "null"] or options
            return self._made({**{k: v for k, v in schema.items() if k not in {"anyOf", "oneOf", "default"}}, **real[0]}, name, owner)
        if "allOf" in schema:
            return self._made(schema["allOf"][0], name, owner)
        return self._of_type(schema, name, owner)

    def _of_type(self, schema: Schema, name: str, owner: str) -> Any:
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                return {field: self._sibling(inner, field, owner) or self.of(inner, field, owner) for field, inner in fields.items()}
            case "array":
                count = max(1, schema.get("minItems", 1))
                return [self.of(schema.get("items", {}), name.removesuffix("s"), owner)] * count
            case "string":
                return self._text(schema, name, owner)
            case "integer" | "number":
                return self._number(schema, name)
            case "boolean":
                return True
            case "null":
                return None
        return BY_NAME.get(name, {})

    def _sibling(self, schema: Schema, name: str, owner: str) -> Any:
        """The example that the model of the same record's request gives for the field: what goes in comes out."""
        asked = self.components.get(re.sub(_ROLE, "In", owner), {}).get("properties", {}).get(name, {})
        told = asked.get("examples", [None])[0]
        return told if told is not None and not schema.get("examples") and valid(told, schema, self.components) else None

    def _number(self, schema: Schema, name: str) -> Any:
        if name in BY_NAME and valid(BY_NAME[name], schema, self.components):
            return BY_NAME[name]
        return max(schema.get("minimum", 0), schema.get("exclusiveMinimum", 0) + 1) if schema.get("maximum", 1) >= 1 else 0

    def _text(self, schema: Schema, name: str, owner: str) -> str:
        media = schema.get("contentMediaType", "")
        if media:
            return _MEDIA.get(media, "(the file's bytes)")
        candidates = [BY_NAME.get(name), _BY_FORMAT.get(schema.get("format", ""))]
        if _ID.match(name):
            stem = re.sub(_ROLE, "", owner)
            candidates.insert(0, example_id(f"{stem}Id" if name == "id" else name))
        candidates += [text for ending, text in _BY_ENDING if name.lower().endswith(ending)]
        candidates += [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize(), "text", "A" * schema.get("minLength", 1), example_id(name)]
        candidates.append(simplest(schema.get("pattern", "")))
        for text in candidates:
            if isinstance(text, str) and valid(text, {**schema, "type": "string"}, self.components):
                return text
        raise NoExample(f"{owner or 'body'}.{name}: give Field(examples=[…]) there; nothing made here fits {schema}")
