"""Whether other records refer to a record: such a one is deactivated, not removed (rule G10)."""

from shared import clock
from shared.attendance_totals import marked_students
from shared.data import reader
from shared.entities.fees import StudentFee, fees_prefix
from shared.entities.people import Student, StudentGuardian, UserChild
from shared.entities.teaching import Teacher
from shared.lists import CLASS_SUBJECTS, CLASSES


def refers_to_student(school_id: str, student_id: str) -> bool:
    """Whether anything of the school refers to the student: what lies in its own partition, as guardians do, fees, or attendance."""
    partition = StudentGuardian.partition_of(school_id=school_id, student_id=student_id)
    if any(True for _ in reader.query(partition, consistent=True, limit=1)):
        return True
    fees = reader.query(StudentFee.partition_of(school_id=school_id), prefix=fees_prefix(student_id), consistent=True, limit=1)
    return any(True for _ in fees) or _was_marked(school_id, student_id)


def _was_marked(school_id: str, student_id: str) -> bool:
    """Whether a register of a class that the student was in holds a mark of it."""
    student = reader.load(Student, school_id=school_id, id=student_id)
    if student is None:
        return False
    classes = {student.class_id, *(stay["classId"] for stay in student.stays or ())}
    return any(student_id in marked_students(school_id, class_id, clock.now().date()) for class_id in sorted(classes))


def refers_to_user(school_id: str, user_id: str) -> bool:
    """Whether a teacher's profile, a class, a subject of a class or a student refers to the user."""
    if reader.get(Teacher.key_of(school_id=school_id, id=user_id), consistent=True) is not None:
        return True
    return refers_to_teacher(school_id, user_id)


def refers_to_teacher(school_id: str, user_id: str) -> bool:
    """Whether a class, a subject of a class or a student refers to the user, a teacher's profile aside."""
    if any(row.get("classTeacherId") == user_id for row in CLASSES.all(school_id).values()):
        return True
    if any(row.get("teacherId") == user_id for row in CLASS_SUBJECTS.all(school_id).values()):
        return True
    partition = UserChild.partition_of(school_id=school_id, user_id=user_id)
    return any(True for _ in reader.query(partition, prefix="CHILD#", consistent=True, limit=1))
