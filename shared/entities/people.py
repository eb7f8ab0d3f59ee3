"""Students, their guardians, and the classes they have been in."""

from shared.data.attributes import Flag, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record


class Student(Record):
    """A student, with the contact of the parent that the school knows first. Optional fields that are unset are absent."""

    keys = Keys(TENANT + "#STUDENT", "{id}", purpose="one student; all students of a school")

    roll_number = Text()
    admission_number = Text()
    first_name = Text()
    last_name = Text(null=True)  # one-word names exist
    date_of_birth = Text()
    gender = Text()
    blood_group = Text(null=True)
    email = Text(null=True)
    phone = Text(null=True)
    address_street = Text(null=True)
    address_city = Text(null=True)
    address_state = Text(null=True)
    address_zip = Text(null=True)
    class_id = Text()
    section = Text()
    admission_date = Text()
    exit_date = Text(null=True)
    status = Text(default="ACTIVE")
    parent_name = Text(null=True)
    parent_phone = Text(null=True)
    parent_email = Text(null=True)
    parent_relation = Text(null=True)
    emergency_contact_name = Text(null=True)
    emergency_contact_phone = Text(null=True)
    emergency_contact_relation = Text(null=True)
    user_id = Text(null=True)
    stays = Items(null=True)  # class history (rule S3), see shared/stays.py
    states = Items(null=True)  # changes of status, oldest first: {status, since, note}; absent while it was always ACTIVE
    admission_id = Text(null=True)  # the entry of the admissions register from which it was enrolled
    import_id = Text(null=True)  # the import that made it, for as long as that can be undone


class StudentNumbers(Item):
    """The last roll and admission number that were given out, in one item: both are taken in one round trip."""

    keys = Keys(TENANT + "#COUNTER", "STUDENT_NUMBERS", purpose="the last student numbers given out")

    roll_number = Whole(default=0)
    admission_number = Whole(default=0)


class Promotion(Record):
    """A year's end that was run, and how far it has come: counted in the transactions that move the students."""

    keys = Keys(TENANT + "#PROMOTION", "{id}", purpose="one promotion with its progress; all of a school")

    from_academic_year = Text()
    to_academic_year = Text()
    effective_date = Text()
    total = Whole()
    done = Whole(default=0)
    state = Text(default="RUNNING")
    user_id = Text(null=True)


class StudentGuardian(Record):
    """A login that may see a student, seen from the student. `sees`: {academics, fees, pickUp}."""

    keys = Keys(
        TENANT + "#STUDENT#{student_id}",
        "GUARDIAN#{user_id}",
        TENANT + "#GUARDIAN",
        "{student_id}#{user_id}",
        purpose="a student's guardians",
        index_purpose="the guardians of all students of a school, for a notice to all parents",
    )

    student_id = Text()
    user_id = Text()
    relation = Text()
    sees = Plain()
    primary = Flag(default=False)
    since = Text()
    until = Text(null=True)


class UserChild(Item):
    """The same link seen from the login: written together with StudentGuardian, so that neither side lags."""

    keys = Keys(TENANT + "#USER#{user_id}", "CHILD#{student_id}", purpose="the children that a login may see")

    user_id = Text()
    student_id = Text()
    relation = Text()
    sees = Plain()
    since = Text()
    until = Text(null=True)
