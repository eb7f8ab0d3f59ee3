"""Schools with one record of each kind, and the ids that path parameters and bodies ask for.

A new path parameter needs a line in FACTORIES; the sweep fails by its name until it has one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.attendance.loading import class_year, put_many
from functions.notifications import unsubscribing
from shared.attendance_codes import record_id
from shared.auth.permissions import Role
from shared.data import reader
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.fees import Payment
from shared.entities.imports import Import
from shared.entities.people import StudentGuardian, UserChild
from shared.entities.privacy import PrivacyRequest
from shared.entities.tenancy import School
from shared.errors import Conflict
from shared.ids import new_id
from shared.jobs import asked, new_run
from tests.support.world import Person, make_person, make_school

YEAR = "2026-2027"


class NoFactory(AssertionError):
    """A path has a parameter for which no record is made."""


@dataclass
class Place:
    """A school, a person of each role in it, and its records, made at first need."""

    school: School
    people: dict[Role, Person]
    ids: dict[str, str] = field(default_factory=dict)

    def id_of(self, parameter: str) -> str:
        """The id that a path parameter takes, of a record of this school."""
        if parameter not in self.ids:
            if parameter not in FACTORIES:
                raise NoFactory(f"<{parameter}>: add a factory for it to tests/contract/records.py")
            self.ids[parameter] = FACTORIES[parameter](self)
        return self.ids[parameter]

    def unit(self) -> UnitOfWork:
        """A unit of work of the tests."""
        return UnitOfWork(self.school.id, Actor(), "tests")

    def make_all(self) -> "Place":
        """Every record that a factory knows."""
        for parameter in FACTORIES:
            self.id_of(parameter)
        return self


def make_place() -> Place:
    """A fresh school; the SUPER_ADMIN belongs to the platform."""
    school = make_school()
    people = {role: make_person(None if role == Role.SUPER_ADMIN else school, role) for role in Role}
    return Place(school, people)


def _posted(place: Place, path: str, body: dict[str, Any]) -> str:
    """The id of a record that the school's admin makes over the API, with all that belongs to it."""
    made: str = place.people[Role.SCHOOL_ADMIN].client.post(path, body).data["id"]
    return made


def _class(place: Place) -> str:
    teacher = place.people[Role.TEACHER].id
    body = {"name": "Class 10", "section": "A", "grade": "10", "academicYear": YEAR, "capacity": 40, "classTeacherId": teacher}
    return _posted(place, "/api/classes", body)


def _subject(place: Place) -> str:
    return _posted(place, "/api/subjects", {"name": "Mathematics", "code": "M-10"})


def _class_subject(place: Place) -> str:
    body = {"subjectId": place.id_of("subject_id"), "teacherId": place.people[Role.TEACHER].id}
    return _posted(place, f"/api/classes/{place.id_of('class_id')}/subjects", body)


def _student(place: Place) -> str:
    body = {
        "firstName": "Asha",
        "lastName": "Kulkarni",
        "dateOfBirth": "2012-02-29",
        "gender": "FEMALE",
        "classId": place.id_of("class_id"),
    }
    return _posted(place, "/api/students", body)


def _guardian(place: Place) -> str:
    """The parent of the place's student, linked on both sides."""
    student_id, user_id = place.id_of("student_id"), place.people[Role.STUDENT_PARENT].id
    told = {"student_id": student_id, "user_id": user_id, "relation": "MOTHER", "since": "2026-04-01"}
    sees = {"academics": True, "fees": True, "pickUp": True}
    unit = place.unit()
    unit.create(StudentGuardian(school_id=place.school.id, id=new_id(), sees=sees, **told))
    unit.put(UserChild(school_id=place.school.id, sees=sees, **told), None, Conflict())
    unit.commit()
    return user_id


def _holiday(place: Place) -> str:
    return _posted(place, "/api/holidays", {"name": "Diwali", "startDate": "2026-11-08", "endDate": "2026-11-10"})


def _import(place: Place) -> str:
    actor = {"userId": place.people[Role.SCHOOL_ADMIN].id, "role": "SCHOOL_ADMIN", "requestId": None, "ipAddress": None, "userAgent": None}
    options = {"mode": "all", "dryRun": False, "mapping": {}, "defaults": {}, "overCapacity": False}
    made = Import(
        school_id=place.school.id, id=new_id(), state="AWAITING_UPLOAD", filename="students.csv", content_type="text/csv", size=10
    )
    made.options, made.actor = options, actor
    unit = place.unit()
    unit.create(made)
    unit.commit()
    return made.id


def _job_run(place: Place) -> str:
    made = new_run(asked("orphaned-files", place.school.id, "2026-11-20"), "DONE")
    unit = place.unit()
    unit.create(made)
    unit.commit()
    return made.id


def _user(place: Place) -> str:
    return make_person(place.school, Role.ACCOUNTANT).id


def _leave(place: Place) -> str:
    """A leave of the place's teacher, whose profile is completed for it."""
    path, admin = f"/api/teachers/{place.id_of('teacher_id')}", place.people[Role.SCHOOL_ADMIN].client
    assert admin.put(path, {"qualification": "M.Sc., B.Ed."}).status == 200
    return _posted(place, f"{path}/leaves", {"from": "2026-05-04", "until": "2026-05-08"})


def _admission(place: Place) -> str:
    body = {"firstName": "Rohan", "grade": "10", "academicYear": YEAR, "parentName": "Lata Joshi", "parentPhone": "+919876543210"}
    return _posted(place, "/api/admissions", body)


def _attendance(place: Place) -> str:
    """The mark of the place's student on a Monday, with its roll-ups."""
    class_id, day = place.id_of("class_id"), place.id_of("day")
    marks = {day: {place.id_of("student_id"): "LATE"}}
    put_many(class_year(place.school.id, class_id, marks, by=place.people[Role.TEACHER].id))
    return record_id(class_id, day, 0)


def _fee(place: Place) -> str:
    return _posted(
        place, "/api/fees", {"studentId": place.id_of("student_id"), "name": "Excursion", "totalAmount": 100, "dueDate": "2027-03-31"}
    )


def _structure(place: Place) -> str:
    return _posted(place, "/api/fee-structures", {"name": "Tuition fee", "amount": 100, "frequency": "QUARTERLY"})


def _assignment(place: Place) -> str:
    return _posted(place, f"/api/fee-structures/{place.id_of('structure_id')}/assign", {})


def _concession(place: Place) -> str:
    body = {"studentId": place.id_of("student_id"), "kind": "DISCOUNT", "amount": 5, "reason": "Child of the staff"}
    return _posted(place, "/api/fee-concessions", body)


def _payment(place: Place) -> str:
    return _posted(place, f"/api/fees/{place.id_of('fee_id')}/record-payment", {"amount": 10, "paymentMethod": "CASH"})


def _receipt_code(place: Place) -> str:
    payment = reader.load(Payment, consistent=True, school_id=place.school.id, id=place.id_of("payment_id"))
    assert payment
    return payment.code


def _notification(place: Place) -> str:
    return _posted(place, "/api/notifications", {"title": "Closed on Friday", "content": "Because of the storm.", "audience": ["PARENT"]})


def _template(place: Place) -> str:
    body = {"topic": "RECEIPT", "language": "de", "subject": "Quittung {receiptNumber}", "body": "{amount}", "sms": "{amount}"}
    return _posted(place, "/api/notification-templates", body)


def _log(place: Place) -> str:
    """The entry that tells of the place's class."""
    return str(place.people[Role.SCHOOL_ADMIN].client.get("/api/logs", entityId=place.id_of("class_id")).data[0]["id"])


def _privacy_request(place: Place) -> str:
    made = PrivacyRequest(
        school_id=place.school.id, id=new_id(), kind="EXPORT", subject="USER", subject_id=place.id_of("user_id"), actor={}
    )
    unit = place.unit()
    unit.create(made)
    unit.commit()
    return made.id


FACTORIES: dict[str, Callable[[Place], str]] = {
    "admission_id": _admission,
    "asset": lambda _: "start.js",
    "assignment_id": _assignment,
    "attendance_id": _attendance,
    "class_id": _class,
    "class_subject_id": _class_subject,
    "code": _receipt_code,
    "concession_id": _concession,
    "day": lambda _: "2026-06-01",
    "fee_id": _fee,
    "guardian_id": _guardian,
    "holiday_id": _holiday,
    "import_id": _import,
    "job_name": lambda _: "orphaned-files",
    "leave_id": _leave,
    "log_id": _log,
    "notification_id": _notification,
    "payment_id": _payment,
    "run": _job_run,
    "request_id": _privacy_request,
    "school_id": lambda place: place.school.id,
    "structure_id": _structure,
    "student_id": _student,
    "subject_id": _subject,
    "teacher_id": lambda place: place.people[Role.TEACHER].id,
    "template_id": _template,
    "token": lambda place: unsubscribing.token(place.school.id, place.people[Role.STUDENT_PARENT].id, "ANNOUNCEMENT"),
    "user_id": _user,
}
