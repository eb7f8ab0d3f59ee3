"""Students who join later, or come into another class, get the fees of structures that are assigned (rule F5)."""

from collections.abc import Iterable
from itertools import batched

from functions.fees.assigning_plan import Terms, classes_of
from functions.fees.assigning_run import ROOM, make_missing, terms_of
from functions.fees.repository import STRUCTURES, Structures
from shared.consumer import Entry, consumer
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.fees import FeeStructure, StudentFee
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.lists import CLASSES

_TOLD = frozenset({"classId", "status", "admissionDate"})  # a change of nothing else makes a student owe more


def follow_students(entry: Entry) -> None:
    """Make the fees that are missing. Those that are there are left alone, so that repeating it does no harm."""
    if entry.changes and not any(_TOLD & change["fields"].keys() for change in entry.changes):
        return
    assigned = [i for i, row in STRUCTURES.all(entry.school_id).items() if row.get("assignedAt") and row["status"] == "ACTIVE"]
    school = reader.load(School, consistent=True, school_id=entry.school_id) if assigned else None
    if school is None:
        return
    terms = [_terms(school, structure) for structure in Structures(entry.school_id).get_many(assigned, consistent=True)]
    keys = [Student.key_of(school_id=entry.school_id, id=i) for i in entry.entity_ids]
    students = [reader.plain(raw) for raw in reader.get_many(keys, consistent=True).values()]
    _make(entry, [fee for each in terms for student in students for fee in each.fees_of(student)])


def _terms(school: School, structure: FeeStructure) -> Terms:
    return terms_of(school, structure, classes_of(structure, CLASSES.all(school.id), structure.assigned_class_ids))


def _make(entry: Entry, fees: Iterable[StudentFee]) -> None:
    def unit() -> UnitOfWork:
        return UnitOfWork(entry.school_id, Actor(user_id=entry.user_id), "fees")

    for some in batched(fees, ROOM, strict=False):
        make_missing(unit, some)


students = consumer(follow_students)
