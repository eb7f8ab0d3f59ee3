"""What a promotion comes to, decided from the lists of students and classes before anything is written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.students import rules
from functions.students.promotion_schemas import MOST_STUDENTS, ClassMove, Leaver, Outcome, PromotionIn, Repeat, Skipped, Step
from shared.errors import Detail

type Row = Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """Steps to take, in a fixed order; students with whom nothing is left to do; and what is wrong with the request."""

    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    wrong: list[Detail] = field(default_factory=list)

    @property
    def entering(self) -> Counter[str]:
        """Class → how many students enter it."""
        return Counter(step.to_class_id for step in self.steps if step.to_class_id)

    def count(self, outcome: Outcome) -> int:
        """How many steps have this outcome."""
        return sum(step.outcome == outcome for step in self.steps)


class Planner:
    """Makes the plan of one request over one school's students and classes."""

    def __init__(self, asked: PromotionIn, students: Mapping[str, Row], classes: Mapping[str, Row]) -> None:
        self._asked = asked
        self._students = students
        self._classes = classes
        self._named: set[str] = set()
        self._plan = Plan()

    def plan(self) -> Plan:
        """Those who repeat and leave first, then all others of the classes that move."""
        asked = self._asked
        if asked.from_academic_year == asked.to_academic_year:
            self._wrong("toAcademicYear", "This is the year that the students come from")
        for number, repeat in enumerate(asked.repeat):
            self._repeat(f"repeat[{number}]", repeat)
        for number, leaver in enumerate(asked.leavers):
            self._leave(f"leavers[{number}]", leaver)
        self._moves()
        if len(self._plan.steps) > MOST_STUDENTS:
            self._wrong(
                "moves", f"{len(self._plan.steps)} students are more than one call takes: name fewer classes, {MOST_STUDENTS} at most"
            )
        return self._plan

    def _wrong(self, where: str, message: str) -> None:
        self._plan.wrong.append(Detail(where, message))

    def _year(self, class_id: str | None) -> str | None:
        year: str | None = self._classes.get(class_id or "", {}).get("academicYear")
        return year

    def _step(self, student_id: str, outcome: Outcome, to_class_id: str | None) -> None:
        row = self._students[student_id]
        made = {"student_id": student_id, "first_name": row["firstName"], "last_name": row["lastName"], "outcome": outcome}
        self._plan.steps.append(Step.model_validate({**made, "from_class_id": row["classId"], "to_class_id": to_class_id}))

    def _open(self, where: str, student_id: str) -> bool:
        """Whether there is something to do with a named student; if not, why."""
        row = self._students.get(student_id)
        if row is None:
            self._wrong(where, "No student of this school has this id")
        elif student_id in self._named:
            self._wrong(where, "This student is named twice")
        elif row["status"] in rules.LEFT:
            self._plan.skipped.append(Skipped(student_id=student_id, reason="ALREADY_LEFT"))
        elif self._year(row["classId"]) == self._asked.to_academic_year:
            self._plan.skipped.append(Skipped(student_id=student_id, reason="ALREADY_MOVED"))
        elif row["status"] not in rules.PRESENT or self._year(row["classId"]) != self._asked.from_academic_year:
            self._wrong(where, f"This student is in no class of {self._asked.from_academic_year}")
        else:
            self._named.add(student_id)
            return True
        self._named.add(student_id)
        return False

    def _repeat(self, where: str, repeat: Repeat) -> None:
        if not self._open(where, repeat.student_id):
            return
        if repeat.to_class_id is not None:
            if self._enterable(f"{where}.toClassId", repeat.to_class_id):
                self._step(repeat.student_id, "REPEATED", repeat.to_class_id)
            return
        now = self._classes[self._students[repeat.student_id]["classId"]]
        same = next(self._of_same_name(now), None)
        if same is None:
            self._wrong(where, f"There is no {now['name']} {now['section']} in {self._asked.to_academic_year}: send a toClassId")
        else:
            self._step(repeat.student_id, "REPEATED", same)

    def _of_same_name(self, now: Row) -> Iterator[str]:
        wanted = (now["name"].casefold(), now["section"].casefold())
        for class_id, row in self._classes.items():
            same = (row["name"].casefold(), row["section"].casefold()) == wanted
            if same and row["academicYear"] == self._asked.to_academic_year and row["status"] == "ACTIVE":
                yield class_id

    def _leave(self, where: str, leaver: Leaver) -> None:
        if self._open(where, leaver.student_id):
            self._step(leaver.student_id, leaver.status, None)

    def _moves(self) -> None:
        seen: set[str] = set()
        members: dict[str, list[str]] = {}
        for student_id, row in self._students.items():
            if row["status"] in rules.PRESENT:
                members.setdefault(row["classId"], []).append(student_id)
        for number, move in enumerate(self._asked.moves):
            if self._movable(f"moves[{number}]", move, seen):
                for student_id in sorted(members.get(move.from_class_id, ())):
                    if student_id not in self._named:
                        self._step(student_id, "PROMOTED" if move.to_class_id else "GRADUATED", move.to_class_id)

    def _movable(self, where: str, move: ClassMove, seen: set[str]) -> bool:
        good = True
        if self._year(move.from_class_id) != self._asked.from_academic_year:
            self._wrong(f"{where}.fromClassId", f"No class of {self._asked.from_academic_year} has this id")
            good = False
        if move.from_class_id in seen:
            self._wrong(f"{where}.fromClassId", "This class is named twice")
            good = False
        seen.add(move.from_class_id)
        return (move.to_class_id is None or self._enterable(f"{where}.toClassId", move.to_class_id)) and good

    def _enterable(self, where: str, class_id: str) -> bool:
        if self._year(class_id) == self._asked.to_academic_year and self._classes[class_id]["status"] == "ACTIVE":
            return True
        self._wrong(where, f"No class in use of {self._asked.to_academic_year} has this id")
        return False
