"""Reactions to the journal of registers: roll-ups are made anew, and guardians are owed word of an absence (rule T4)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from functions.attendance import rollups
from shared import clock
from shared.attendance_codes import instant, record_id, unpack_marks
from shared.consumer import Entry, consumer
from shared.data import reader
from shared.entities.academics import Class
from shared.entities.attendance import Register
from shared.entities.people import Student
from shared.entities.tenancy import School
from shared.messages import Owed, owe
from shared.school_settings import SchoolSettings


def roll_up(entry: Entry) -> None:
    """Make the month sheets, counts and lists of low attendance of the classes whose registers changed."""
    places = [name.split("#") for name in entry.entity_ids]
    for class_id, month in sorted({(class_id, day[:7]) for class_id, day in places}):
        rollups.rebuild(entry.school_id, class_id, month)
    school = reader.load(School, school_id=entry.school_id)
    if school is not None:
        for class_id in sorted({class_id for class_id, _ in places}):
            rollups.rebuild_low(school, class_id)


def tell_absences(entry: Entry) -> None:
    """Owe the guardians of students who are marked absent today a message, each student once a day (rule T4)."""
    school = reader.load(School, school_id=entry.school_id)
    if school is None or not SchoolSettings.of(school).attendance.absence_messages:
        return
    today = clock.today(school.timezone).isoformat()
    for name in entry.entity_ids:
        class_id, day = name.split("#")
        if day == today:
            _owe(school, class_id, day)


def _owe(school: School, class_id: str, day: str) -> None:
    """What the register says now is what is told: a mark that was corrected meanwhile owes nothing."""
    register = reader.load(Register, consistent=True, school_id=school.id, class_id=class_id, day=day)
    if register is None:
        return
    zone = ZoneInfo(school.timezone)
    marks = unpack_marks(register.marks, register.hands, register.remarks)
    absent = {
        m.student_id: slot for slot, m in enumerate(marks) if m.letter == "A" and instant(m.at).astimezone(zone).date().isoformat() == day
    }
    room = reader.load(Class, school_id=school.id, id=class_id)
    students = reader.load_many(Student, [{"school_id": school.id, "id": i} for i in absent])
    shared = {"date": day, "classId": class_id, "className": f"{room.name} {room.section}" if room else ""}
    owe(school.id, [_message(school, student, absent[student.id], shared) for student in students], module="attendance")


def _message(school: School, student: Student, slot: int, shared: dict[str, str]) -> Owed:
    """The message; its facts are what the sender checks with shared/attendance_totals.py: still_absent right before sending."""
    day = shared["date"]
    earliest = time.fromisoformat(SchoolSettings.of(school).attendance.absence_messages_at)
    moment = datetime.combine(date.fromisoformat(day), earliest, ZoneInfo(school.timezone))
    facts = {
        **shared,
        "studentName": " ".join(filter(None, (student.first_name, student.last_name))),
        "attendanceId": record_id(shared["classId"], day, slot),
    }
    key = f"ABSENCE#{student.id}#{day}"
    return Owed(key=key, topic="ABSENCE", facts=facts, student_id=student.id, not_before=clock.stamp(moment))


roll_ups = consumer(roll_up)
absences = consumer(tell_absences)
