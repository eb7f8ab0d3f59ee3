"""The file and the options of a request: a body of its own, or a multipart form."""

import io
from dataclasses import dataclass, field
from typing import Any

import orjson

from functions.imports.schemas import ImportQuery, UploadIn
from shared.errors import Detail, ValidationFailed
from shared.http.body import validated
from shared.http.request import Request

_MOST_FIELDS = 30
_MOST_FIELD = 30_000
_IN_MEMORY = 8 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be imported."""

    dry_run: bool = False
    mode: str = "all"
    mapping: dict[str, str | None] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    date_order: str | None = None
    class_year: str | None = None
    sheet: str | None = None
    over_capacity: bool = False
    save_mapping: bool = False

    @classmethod
    def of(cls, query: ImportQuery) -> "Options":
        """From the parameters of a request."""
        mapping = _json_object(query.mapping, "mapping", nulls=True)
        return cls._made(query, mapping, _json_object(query.defaults, "defaults", nulls=False))

    @classmethod
    def of_upload(cls, data: UploadIn) -> "Options":
        """From the body that announces an upload."""
        return cls._made(data, data.mapping or {}, data.defaults or {})

    @classmethod
    def _made(cls, said: ImportQuery | UploadIn, mapping: dict[str, Any], defaults: dict[str, str]) -> "Options":
        return cls(
            dry_run=said.dry_run,
            mode=str(said.mode),
            mapping=mapping,
            defaults=defaults,
            date_order=str(said.date_order) if said.date_order else None,
            class_year=said.class_year,
            sheet=said.sheet,
            over_capacity=said.over_capacity,
            save_mapping=said.save_mapping,
        )

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    content: bytes
    filename: str | None
    content_type: str
    options: Options


def read_upload(query: ImportQuery, request: Request) -> Upload:
    """The request's file and options; the fields of a form go over the parameters of the address."""
    if request.media_type != "multipart/form-data":
        return Upload(request.body, None, request.media_type, Options.of(query))
    fields, files = _parts(request)
    sent = {name: value for name, value in request.query if name not in fields}
    options = Options.of(validated(ImportQuery, {**sent, **fields}))
    if [name for name, _, _ in files] != ["file"]:
        raise ValidationFailed.of("file", "Send one file, in the field `file`")
    _, filename, content = files[0]
    return Upload(content, filename, "", options)


def _parts(request: Request) -> tuple[dict[str, str], list[tuple[str, str | None, bytes]]]:
    """The fields and the files (field, name, content) of a form."""
    import python_multipart  # Needed by forms only.
    from python_multipart.exceptions import FormParserError  # As above.

    fields: list[tuple[str, bytes]] = []
    files: list[tuple[str, str | None, bytes]] = []

    def on_field(part: Any) -> None:
        fields.append((_text(part.field_name), part.value or b""))

    def on_file(part: Any) -> None:
        part.file_object.seek(0)
        files.append((_text(part.field_name), _text(part.file_name) if part.file_name else None, part.file_object.read()))
        part.close()

    headers = {"Content-Type": request.headers.get("content-type", "").encode("latin-1", "replace")}
    try:
        config = {"MAX_MEMORY_FILE_SIZE": _IN_MEMORY, "MAX_FIELDS": _MOST_FIELDS, "MAX_FIELD_SIZE": _MOST_FIELD}
        parser = python_multipart.multipart.create_form_parser(headers, on_field, on_file, config=config)
        source = io.BytesIO(request.body)
        while piece := source.read(1 << 20):
            parser.write(piece)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise ValidationFailed.of("body", "The form cannot be read: its boundary is missing, or it breaks off") from error
    return {name: _text(value) for name, value in fields}, files


def _text(raw: bytes | None) -> str:
    try:
        return (raw or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationFailed.of("body", "The form's fields are not UTF-8") from error


def _json_object(text: str | None, name: str, *, nulls: bool) -> dict[str, Any]:
    if not text:
        return {}
    try:
        made = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValidationFailed.of(name, f"This is not JSON: {error.msg}") from error
    if not isinstance(made, dict):
        raise ValidationFailed.of(name, "Send a JSON object")
    wrong = [k for k, v in made.items() if not (isinstance(v, str) or (nulls and v is None))]
    if wrong:
        raise ValidationFailed(details=tuple(Detail(f"{name}.{key}"[:200], "Input should be a valid string") for key in wrong[:100]))
    return made
