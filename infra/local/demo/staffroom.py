"""What the demo school knows of its teachers beside their accounts, and who has asked for a place there; always the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_DEGREES = ("M.Sc., B.Ed.", "M.A., B.Ed.", "B.Sc., B.Ed.", "M.A., M.Ed.", "B.El.Ed.")
_LEAVE_DAYS = 13


@dataclass(frozen=True, slots=True)
class Applicant:
    """A child whose family has asked for a place, and the states after the enquiry, with the reason of the last."""

    first_name: str
    last_name: str | None
    gender: str
    grade: int
    parent_name: str
    relation: str
    states: tuple[str, ...] = ()
    reason: str | None = None


APPLICANTS = (
    Applicant("Anaya", "Deshpande", "FEMALE", 1, "Sachin Deshpande", "FATHER"),
    Applicant("ईशान", "जोशी", "MALE", 1, "लता जोशी", "MOTHER", ("APPLIED",)),
    Applicant("Zoë", "Müller", "FEMALE", 4, "Anke Müller", "MOTHER", ("APPLIED", "OFFERED")),
    Applicant("கவின்", "செல்வன்", "MALE", 6, "மீனா செல்வன்", "MOTHER", ("APPLIED", "OFFERED")),
    Applicant("Suharto", None, "MALE", 3, "Wati", "GUARDIAN", ("APPLIED",)),
    Applicant("আদিত্য", "সেন", "MALE", 9, "রীনা সেন", "MOTHER"),
    Applicant("ليلى", "حداد", "FEMALE", 2, "سامي حداد", "FATHER", ("APPLIED",)),
    Applicant("Tara", "D’Souza", "FEMALE", 8, "Neil D’Souza", "FATHER", ("APPLIED", "DECLINED"), "No seat in this grade"),
    Applicant("Kabir", "Malhotra", "MALE", 5, "Ritu Malhotra", "MOTHER", ("WITHDRAWN",), "The family stays in Nashik"),
)
_SOURCES = ("Open day", "Recommended", "Website", "Newspaper")


def profile_of(number: int, department: str, year_start: date) -> dict[str, Any]:
    """A teacher's profile as it is sent, without the `userId`."""
    return {
        "department": department,
        "qualification": _DEGREES[number % len(_DEGREES)],
        "experience": 2 + number * 5 % 19,
        "specialization": department,
        "joinDate": date(year_start.year - 1 - number % 8, 6, 1 + number % 20).isoformat(),
        "salary": 38_000 + number * 1_250 % 30_000,
    }


def leave_of(today: date) -> dict[str, Any]:
    """The leave of a teacher who is away now."""
    return {"from": today.isoformat(), "until": (today + timedelta(days=_LEAVE_DAYS)).isoformat(), "reason": "Training in Pune"}


def applicant_body(number: int, applicant: Applicant, year_start: date) -> dict[str, Any]:
    """An applicant as it is sent; the e-mail address tells who is there already."""
    born = date(year_start.year - 6 - applicant.grade + 1, 1 + number % 12, 1 + number * 3 % 28)
    return {
        "firstName": applicant.first_name,
        **({"lastName": applicant.last_name} if applicant.last_name else {}),
        "dateOfBirth": born.isoformat(),
        "gender": applicant.gender,
        "grade": str(applicant.grade),
        "parentName": applicant.parent_name,
        "parentPhone": f"+9198220{number:05d}",
        "parentEmail": f"applicant{number + 1:02d}@families.example",
        "parentRelation": applicant.relation,
        "source": _SOURCES[number % len(_SOURCES)],
    }
