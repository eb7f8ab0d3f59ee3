"""Classes, the seats in them, subjects, who teaches what where, and holidays."""

from shared.data.attributes import Flag, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record


class Class(Record):
    """A class (rule S2: unique by name, section and academic year)."""

    keys = Keys(TENANT + "#CLASS", "{id}", purpose="one class; all classes of a school")

    name = Text()
    section = Text()
    grade = Text()
    academic_year = Text()
    capacity = Whole()
    room_number = Text(null=True)
    class_teacher_id = Text(null=True)
    status = Text(default="ACTIVE")

    @property
    def identity(self) -> str:
        """What makes it unique in its school."""
        return class_identity(self.name, self.section, self.academic_year)


def class_identity(name: str, section: str, academic_year: str) -> str:
    """The unique value of a class, ignoring case."""
    return "\t".join(part.casefold() for part in (name, section, academic_year))


class Seats(Item):
    """How many seats of a class are taken: an item apart, so that enrolling never overwrites a change of the class."""

    keys = Keys(TENANT + "#SEATS", "{class_id}", purpose="seats of a class, changed by enrolling")

    class_id = Text()
    capacity = Whole()
    taken = Whole(default=0)
    used = Flag(default=False)  # whether any student was ever in it: such a class is deactivated, not removed


class Subject(Record):
    """A subject taught at the school."""

    keys = Keys(TENANT + "#SUBJECT", "{id}", purpose="one subject; all subjects of a school")

    name = Text()
    code = Text(null=True)
    description = Text(null=True)
    status = Text(default="ACTIVE")


class ClassSubject(Record):
    """A subject taught in a class, by whom."""

    keys = Keys(TENANT + "#CLASS_SUBJECT", "{id}", purpose="who teaches what in which class")

    class_id = Text()
    subject_id = Text()
    teacher_id = Text(null=True)
    weekly_hours = Whole(null=True)


class Holiday(Record):
    """Days on which there is no school: first and last day, both inclusive."""

    keys = Keys(TENANT + "#HOLIDAY", "{id}", purpose="the school's holidays")

    name = Text()
    start_date = Text()
    end_date = Text()
    description = Text(null=True)
