"""The admissions register: children whose families have asked for a place."""

from shared.data.attributes import Items, Text
from shared.data.item import TENANT, Keys, Record

PENDING = frozenset({"ENQUIRY", "APPLIED", "OFFERED"})  # states in which a family waits for the school, or the school for them


class Admission(Record):
    """An applicant, from the first question to a place at the school. Optional fields that are unset are absent."""

    keys = Keys(TENANT + "#ADMISSION", "{id}", purpose="one applicant; all of a school")

    status = Text(default="ENQUIRY")
    first_name = Text()
    last_name = Text(null=True)  # one-word names exist
    date_of_birth = Text(null=True)  # needed by the time of enrolling
    gender = Text(null=True)  # the same
    grade = Text()  # that is wished for
    class_id = Text(null=True)  # that is wished for; once ENROLLED, that was entered
    academic_year = Text()
    parent_name = Text(null=True)
    parent_phone = Text(null=True)
    parent_email = Text(null=True)
    parent_relation = Text(null=True)
    address_street = Text(null=True)
    address_city = Text(null=True)
    address_state = Text(null=True)
    address_zip = Text(null=True)
    previous_school = Text(null=True)
    source = Text(null=True)  # how the family came to know the school
    notes = Text(null=True)
    reason = Text(null=True)  # why DECLINED or WITHDRAWN
    states = Items()  # every state with its time, oldest first: {status, at, by, reason?}
    student_id = Text(null=True)  # once ENROLLED
