"""The access patterns of students."""

from shared.data.repository import Repository
from shared.entities.people import Student


class Students(Repository[Student]):
    """The students of a school."""

    kind = Student

    def current(self, student_id: str) -> Student:
        """The student as it stands now, or NotFound."""
        return self.get(student_id, consistent=True)
