"""`make module name=hostel entity=room`: writes a module's folder once; then the files are yours."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

FILES = {
    "functions/{name}/__init__.py": "",
    "functions/{name}/module.py": '''"""{Title}."""

from shared.manifest import Module

MODULE = Module(name="{name}", title="{Title}")
''',
    "functions/{name}/handler.py": '''"""The Lambda of the {name} module."""

from functions.{name}.module import MODULE
from functions.{name}.routes import router
from shared.http.entry import entry

lambda_handler = entry(MODULE, router)
''',
    "functions/{name}/schemas.py": '''"""The wire of {name}."""

from shared.http.schema import In, ListQuery, Name, Out


class {Entity}In(In):
    """A new {entity}."""

    name: Name


class {Entity}Change(In):
    """The fields of a {entity} to change."""

    name: Name | None = None


class {Entity}Out(Out):
    """A {entity}."""

    id: str
    school_id: str
    name: str
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class {Entity}List(ListQuery):
    """Filters of the list of {entity} records."""
''',
    "functions/{name}/repository.py": '''"""The access patterns of {name}."""

from shared.data.repository import Repository
from shared.entities.{name} import {Entity}


class {Entity}s(Repository[{Entity}]):
    """The {entity} records of a school."""

    kind = {Entity}
''',
    "functions/{name}/service.py": '''"""Decisions about {name}."""

from functions.{name} import schemas
from functions.{name}.repository import {Entity}s
from shared.auth.caller import Caller
from shared.data.list_model import Listing, ListModel
from shared.entities.{name} import {Entity}
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id

SORTABLE = ("name", "createdAt", "updatedAt")
ROWS = ListModel({Entity}, dict, ("name",), default_sort="name")


def list_{entity}s(caller: Caller, query: schemas.{Entity}List) -> Listing:
    """A page of the school's {entity} records."""
    sort = sort_field(query.sort, SORTABLE, "name")
    return ROWS.page(caller.school_id, query.page, query.page_size, sort=sort, search=query.search)


def get_{entity}(caller: Caller, {entity}_id: str) -> {Entity}:
    """One {entity}."""
    return {Entity}s(caller.school_id).get({entity}_id)


def create_{entity}(caller: Caller, data: schemas.{Entity}In) -> {Entity}:
    """A new {entity}."""
    made = {Entity}(school_id=caller.school_id, id=new_id(), **data.model_dump())
    unit().create(made)
    return made


def update_{entity}(caller: Caller, {entity}_id: str, data: schemas.{Entity}Change) -> {Entity}:
    """Change the fields that were sent."""
    found = {Entity}s(caller.school_id).get_for_change({entity}_id)
    for field, value in changed_fields(data).items():
        setattr(found, field, value)
    unit().update(found)
    return found


def delete_{entity}(caller: Caller, {entity}_id: str) -> Deletion:
    """Remove a {entity}."""
    unit().delete({Entity}s(caller.school_id).get_for_change({entity}_id))
    return Deletion(id={entity}_id, outcome="removed")
''',
    "functions/{name}/routes.py": '''"""The routes of {name}."""

from functions.{name} import schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("{Title}")


@router.get("/{name}", allow=Permission.SCHOOL_READ)
def list_{entity}s(query: schemas.{Entity}List, caller: Caller) -> Page[schemas.{Entity}Out]:
    """List the school's {entity} records."""
    return listing(service.list_{entity}s(caller, query), query)


@router.get("/{name}/<{entity}_id>", allow=Permission.SCHOOL_READ, raises=(NotFound,))
def get_{entity}({entity}_id: str, caller: Caller) -> Ok[schemas.{Entity}Out]:
    """Return one {entity}."""
    return ok(schemas.{Entity}Out.model_validate(service.get_{entity}(caller, {entity}_id)))


@router.post("/{name}", allow=Permission.SCHOOL_UPDATE)
def create_{entity}(data: schemas.{Entity}In, caller: Caller) -> Created[schemas.{Entity}Out]:
    """Create a {entity}."""
    return created(schemas.{Entity}Out.model_validate(service.create_{entity}(caller, data)))


@router.put("/{name}/<{entity}_id>", allow=Permission.SCHOOL_UPDATE, raises=(NotFound, Conflict))
def update_{entity}({entity}_id: str, data: schemas.{Entity}Change, caller: Caller) -> Ok[schemas.{Entity}Out]:
    """Change the fields of a {entity} that are sent."""
    return ok(schemas.{Entity}Out.model_validate(service.update_{entity}(caller, {entity}_id, data)))


@router.delete("/{name}/<{entity}_id>", allow=Permission.SCHOOL_UPDATE, raises=(NotFound, Conflict))
def delete_{entity}({entity}_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a {entity}."""
    return ok(service.delete_{entity}(caller, {entity}_id))
''',
    "shared/entities/{name}.py": '''"""Stored things of {name}."""

from shared.data.attributes import Text
from shared.data.item import TENANT, Keys, Record


class {Entity}(Record):
    """A {entity}."""

    keys = Keys(TENANT + "#{ENTITY}", "{{id}}", purpose="one {entity}; all of a school")

    name = Text()
''',
    "tests/api/test_{name}.py": '''"""{Title} over its handler, on DynamoDB Local."""

from tests.support.guard import Guard
from tests.support.world import make_person, make_school


def test_a_{entity}_is_created_read_changed_and_removed(world: Guard):
    admin = make_person(make_school()).client
    made = admin.post("/api/{name}", {{"name": "First"}}).data
    assert admin.get("/api/{name}/" + made["id"]).data == made
    assert admin.put("/api/{name}/" + made["id"], {{"name": "Second"}}).data["version"] == 2
    assert [r["name"] for r in admin.get("/api/{name}").data] == ["Second"]
    assert admin.delete("/api/{name}/" + made["id"]).data["outcome"] == "removed"
    assert admin.get("/api/{name}/" + made["id"]).status == 404
''',
}


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the files, or say in one line why not."""
    asked = dict(a.partition("=")[::2] for a in arguments)
    name, entity = asked.get("name", ""), asked.get("entity", "")
    for key, value in (("name", name), ("entity", entity)):
        if not re.fullmatch(r"[a-z][a-z_]{1,30}", value):
            print(f"{key}: {value!r} is not a lower-case word; for example: make module name=hostel entity=room", file=sys.stderr)
            return 2
    if (root / "functions" / name).exists():
        print(f"functions/{name} exists already; it is yours to change", file=sys.stderr)
        return 1
    words = {"name": name, "Title": name.capitalize().replace("_", " "), "entity": entity, "ENTITY": entity.upper()}
    words["Entity"] = "".join(part.capitalize() for part in entity.split("_"))
    for place, text in FILES.items():
        target = root / place.format(**words)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.format(**words), encoding="utf-8")
        print(f"wrote {target.relative_to(root)}")
    print("Now choose its permissions in shared/auth/permissions.py, then: make docs, make check")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
