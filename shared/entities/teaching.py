"""Teachers: what a school knows of a teacher besides the account that they sign in with."""

from typing import ClassVar

from shared.data.attributes import Exact, Items, Text, Whole
from shared.data.item import TENANT, Keys, Record


class Teacher(Record):
    """A teacher's profile. Its id is the user's: names, address and whether they may sign in stand there, once.

    A teacher is INACTIVE where the user is inactive or no TEACHER any more, and ON_LEAVE on the days of a leave: neither is
    stored, so that neither can be behind.
    """

    keys = Keys(TENANT + "#TEACHER", "{id}", purpose="one teacher's profile; all of a school")
    unjournalled: ClassVar[frozenset[str]] = frozenset({"leaves"})  # reasons may tell of an illness

    employee_id = Text()
    department = Text(null=True)
    qualification = Text()
    experience = Whole(default=0)  # years, when they joined
    specialization = Text(null=True)
    join_date = Text()
    exit_date = Text(null=True)  # last day at the school
    salary = Exact(null=True)  # in the school's currency
    leaves = Items(null=True)  # {id, from, until, reason}, by their first day, both days inclusive; one without `until` is open
