"""Registers, and what is derived from them: month sheets of a class, daily counts of the school, low attendance."""

from typing import Any

from shared.data.attributes import Blob, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys


class Register(Item):
    """The register of a class on a day: one item, with a mark for each student (see shared/attendance_codes.py for how they are packed).

    It has no id of its own: the journal calls it `<class id>#<day>`. A year of a class is one partition, because a class is of one
    academic year; the month sheets lie in the same partition behind the newest register, so that one query reads both.
    """

    keys = Keys(TENANT + "#ATTENDANCE#{class_id}", "{day}", purpose="a class's register of a day; its registers of some days")

    class_id = Text()
    day = Text()
    marks = Text()
    hands = Items()  # [user id, instant]: who marked when; marks refer to them by their place
    remarks = Plain(null=True)  # slot → text
    version = Whole(default=0)


class MonthSheet(Item):
    """A class's month: a status for each student and marked day. Derived from the registers; `content` is packed."""

    keys = Keys(
        TENANT + "#ATTENDANCE#{class_id}", "SHEET#{month}", purpose="a class's months, student by student, and its newest registers"
    )

    class_id = Text()
    month = Text()
    content = Blob()
    version = Whole(default=0)


class MonthCounts(Item):
    """How often each status stands in the registers of a class's month, day by day.

    A day's counts follow from one register and are written in its transaction, so they never lag; the reconciliation proves it.
    """

    keys = Keys(TENANT + "#ATTENDANCE", "{month}#{class_id}", purpose="the school's daily counts of some months, class by class")

    class_id = Text()
    month = Text()
    days = Text()
    version = Whole(default=0)

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """Without what its keys say: a term of a large school is read in one piece, and a quarter of it would be ids said twice."""
        said = {"schoolId", "classId", "month"}
        return {name: value for name, value in super().serialize(null_check).items() if name not in said}


class LowAttendance(Item):
    """The students of a class whose attendance of the academic year is low: {student id: [present, absent, late, half day, excused]}."""

    keys = Keys(TENANT + "#ATTENDANCE_LOW", "{class_id}", purpose="students whose attendance is low")

    class_id = Text()
    students = Plain()
    below = Text()  # the percentage below which students are kept here
    version = Whole(default=0)
