"""Students, their guardians, and their way through the classes."""

from shared.manifest import Consumer, Grant, Module

MODULE = Module(
    name="students",
    title="Students and guardians",
    grants=(Grant.TABLE, Grant.PLATFORM),  # a guardian's login needs its e-mail address, which is unique over all schools
    consumers=(
        Consumer("student-sections", "functions.students.consumers.sections", kinds=("Class",)),
        Consumer("students-list", "functions.students.consumers.lists", kinds=("Student",), memory=1024),
    ),
)
