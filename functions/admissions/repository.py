"""The access patterns of the admissions register."""

from shared.data.repository import Repository
from shared.entities.admissions import Admission


class Admissions(Repository[Admission]):
    """The applicants of a school."""

    kind = Admission
