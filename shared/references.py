"""Whether other records refer to a record: such a one is deactivated, not removed (rule G10)."""

from shared.data import reader
from shared.entities.people import StudentGuardian


def refers_to_student(school_id: str, student_id: str) -> bool:
    """Whether anything of the school refers to the student: guardians, and what lies beside them in the student's own partition."""
    partition = StudentGuardian.partition_of(school_id=school_id, student_id=student_id)
    return any(True for _ in reader.query(partition, consistent=True, limit=1))
