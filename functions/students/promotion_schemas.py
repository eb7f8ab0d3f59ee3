"""The wire of the year's end: moving whole classes up, with repeats and leavers (rule S3)."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.http.schema import Bool, Date, Id, In, Line, ListQuery, Name, Out

Year = Annotated[Name, Field(max_length=20, examples=["2026-2027"])]
Outcome = Literal["PROMOTED", "REPEATED", "GRADUATED", "TRANSFERRED"]
MOST_STUDENTS = 1_000


class ClassMove(In):
    """Where the students of a class go."""

    from_class_id: Id
    to_class_id: Annotated[Id | None, Field(description="Absent or null where the whole class leaves the school as GRADUATED")] = None


class Repeat(In):
    """A student who stays in its grade."""

    student_id: Id
    to_class_id: Annotated[Id | None, Field(description="Absent: the class of the same name and section in the new year")] = None


class Leaver(In):
    """A student who leaves the school."""

    student_id: Id
    status: Literal["GRADUATED", "TRANSFERRED"] = "GRADUATED"


def _as_object(value: Any) -> Any:
    """An id alone stands for the object that has it."""
    return {"studentId": value} if isinstance(value, str) else value


NamedRepeat = Annotated[Repeat, BeforeValidator(_as_object, json_schema_input_type=Id | Repeat)]
NamedLeaver = Annotated[Leaver, BeforeValidator(_as_object, json_schema_input_type=Id | Leaver)]


class PromotionIn(In):
    """Which classes move where. Those who repeat or leave are named; all others of the classes move up."""

    from_academic_year: Year
    to_academic_year: Annotated[Name, Field(max_length=20, examples=["2027-2028"])]
    moves: Annotated[list[ClassMove], Field(max_length=100, default_factory=list)]
    repeat: Annotated[list[NamedRepeat], Field(max_length=MOST_STUDENTS, default_factory=list, description="Ids, or objects")]
    leavers: Annotated[list[NamedLeaver], Field(max_length=MOST_STUDENTS, default_factory=list, description="Ids, or objects")]
    effective_date: Annotated[Date | None, Field(description="First day in the new classes; today where it is absent")] = None
    over_capacity: Annotated[Bool, Field(description="Take seats also where a class is full")] = False
    preview: Annotated[Bool, Field(description="Only tell what would happen")] = False


class Step(Out):
    """What happens to one student."""

    student_id: str
    first_name: str
    last_name: str | None = None
    outcome: Outcome
    from_class_id: str
    to_class_id: str | None = None


class Skipped(Out):
    """A student who was named, but with whom nothing is left to do."""

    student_id: str
    reason: Annotated[str, Field(description="ALREADY_MOVED or ALREADY_LEFT")]


class Entering(Out):
    """The seats of a class that students enter."""

    class_id: str
    class_name: str
    section: str
    capacity: int
    taken: int
    entering: int
    enough: bool


class PromotionOut(Out):
    """What would happen, or what was done. Asked for again, it does what is left to do."""

    id: Annotated[str | None, Field(description="Null for a preview, and where nothing was to do")] = None
    preview: bool
    from_academic_year: str
    to_academic_year: str
    effective_date: str
    total: int
    done: int
    promoted: int
    repeated: int
    graduated: int
    transferred: int
    steps: list[Step]
    skipped: list[Skipped]
    seats: list[Entering]


class PromotionRow(Out):
    """A promotion that was run, and how far it has come."""

    id: str
    from_academic_year: str
    to_academic_year: str
    effective_date: str
    total: int
    done: int
    state: Annotated[str, Field(description="RUNNING or DONE; ask for the same promotion again to finish one that was interrupted")]
    user_id: str | None = None
    created_at: str | None = None


class PromotionList(ListQuery):
    """Filters of the promotions."""

    to_academic_year: Annotated[Line | None, Field(max_length=20)] = None
