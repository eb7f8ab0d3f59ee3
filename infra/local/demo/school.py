"""The steps in which the demo school comes to be. Each looks what is there before it makes what is missing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from infra.local.demo.api import Api
from infra.local.demo.people import GRADES, SEATS, SECTIONS, Person, students_csv, year_of
from infra.local.demo.staffroom import APPLICANTS, Applicant, applicant_body, leave_of, profile_of

NAME = "Banyan International School"
DOMAIN = "banyan.example"
ROLES = {"SCHOOL_ADMIN": "admin", "TEACHER": "teacher", "ACCOUNTANT": "accountant", "STUDENT_PARENT": "parent"}
SUBJECTS = (
    ("English", "ENG"), ("Hindi", "HIN"), ("Mathematics", "MAT"), ("Science", "SCI"), ("Social Studies", "SOC"), ("Computer Science", "COM"),
    ("Art", "ART"), ("Music", "MUS"), ("Physical Education", "PHE"), ("Library", "LIB"),
)  # fmt: skip
TAUGHT = 5  # subjects a class
_GUARDIANS = 12  # logins of parents besides the one that is shown
_AT_ONCE = 4  # requests
_HOLIDAYS = (("Independence Day", 8, 15), ("Gandhi Jayanti", 10, 2), ("Winter break", 12, 25))


SHOWN_PASSWORD = "Demo-school-2026"  # noqa: S105 - of invented people on this machine; the README shows it


def password_of(secret: str, email: str) -> str:
    """A password that a person can type: of the operator's own and the address, so that a second load knows it too."""
    digits = hashlib.sha256(f"{secret}\n{email}".encode()).hexdigest()
    return f"{digits[:5].capitalize()}-{digits[5:10]}-{int(digits[10:14], 16) % 90 + 10}Ab"


class Demo:
    """Loads the demo school step by step. `logins`: how to sign in as each role, in the end."""

    def __init__(self, api: Api, people: Sequence[Person], *, secret: str, today: date) -> None:
        self._api = api
        self._staff = [p for p in people if p.kind == "staff"]
        self._students = [p for p in people if p.kind == "student"]
        self._secret = secret
        self._today = today
        self.logins: list[tuple[str, str, str]] = []

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """What is said before each step, and the step."""
        yield NAME, self._school
        yield f"{len(self._staff)} people on the staff, {len(SUBJECTS)} subjects", self._people
        yield f"{GRADES * len(SECTIONS)} classes and what is taught in them", self._classes
        yield f"{len(self._students)} students, from a file", self._enrol
        yield "Guardians, holidays", self._families
        yield "Teachers' profiles", self._profiles
        yield f"{len(APPLICANTS)} applicants in the admissions register", self._applicants

    def _school(self) -> None:
        found = next((s for s in self._api.all("/schools", search=NAME) if s["name"] == NAME), None)
        self._api.work_in((found or self._api.post("/schools", self._profile(), key="demo-school"))["id"])

    def _profile(self) -> dict[str, Any]:
        name, start, end = year_of(self._today)
        principal = self._staff[0]
        return {
            "name": NAME,
            "address": "1 Banyan Avenue, Pune 411001",
            "phone": "+912026120000",
            "email": f"office@{DOMAIN}",
            "establishedYear": 1962,
            "boardAffiliation": "CBSE",
            "principalName": f"{principal.first_name} {principal.last_name}",
            "subscriptionTier": "PREMIUM",
            "timezone": "Asia/Kolkata",
            "currency": "INR",
            "country": "IN",
            "locale": "en-IN",
            "academicYear": {"name": name, "start": start.isoformat(), "end": end.isoformat()},
            "admin": {"firstName": principal.first_name, "lastName": principal.last_name, "email": f"principal@{DOMAIN}"},
        }

    @cached_property
    def _users(self) -> dict[str, dict[str, Any]]:
        return {u["email"]: u for u in self._api.all("/users", includeInactive="true")}

    def _user(self, email: str, role: str, first: str, last: str, *, shown: bool = False) -> dict[str, Any]:
        """The user with this address, made where there is none; `shown`: one whose password is told, and need not be changed."""
        password = SHOWN_PASSWORD if shown else password_of(self._secret, email)
        if shown:
            self.logins.append((role, email, password))
        if email not in self._users:
            body: dict[str, Any] = {"email": email, "role": role, "firstName": first, **({"lastName": last} if last else {})}
            body |= {"password": password, "mustChangePassword": not shown}
            self._users[email] = self._api.post("/users", body, key=f"demo-{email}")
        return self._users[email]

    def _people(self) -> None:
        """One login of each role to show, and the rest of the staff: two accountants, and teachers."""
        shown = zip(("SCHOOL_ADMIN", "TEACHER", "ACCOUNTANT"), self._staff[1:4], strict=True)
        for role, person in shown:
            self._user(f"{ROLES[role]}@{DOMAIN}", role, person.first_name, person.last_name, shown=True)
        others = [("ACCOUNTANT" if n == 2 else "TEACHER", n, person) for n, person in enumerate(self._staff[4:], 2)]
        side_by_side(lambda o: self._user(f"{ROLES[o[0]]}{o[1]:02d}@{DOMAIN}", o[0], o[2].first_name, o[2].last_name), others)
        known = {s["name"] for s in self._api.all("/subjects", includeInactive="true")}
        missing = [{"name": name, "code": code} for name, code in SUBJECTS if name not in known]
        side_by_side(lambda subject: self._api.post("/subjects", subject), missing)

    def _classes(self) -> None:
        year = year_of(self._today)[0]
        known = {(c["name"], c["section"]): c for c in self._api.all("/classes", academicYear=year)}
        subjects = [s["id"] for s in self._api.all("/subjects", sort="code")]
        teachers = [u["id"] for u in sorted(self._users.values(), key=_email) if u["role"] == "TEACHER" and u["status"] == "ACTIVE"]

        def room(number: int) -> None:
            grade, section = number // len(SECTIONS) + 1, SECTIONS[number % len(SECTIONS)]
            body = {"name": f"Class {grade}", "section": section, "grade": str(grade), "academicYear": year, "capacity": SEATS}
            body |= {"roomNumber": f"{grade}{number % 2 + 1:02d}", "classTeacherId": teachers[number % len(teachers)]}
            made = known.get((f"Class {grade}", section)) or self._api.post("/classes", body)
            taught = {s["subjectId"] for s in self._api.get(f"/classes/{made['id']}/subjects")}
            for step in range(TAUGHT):
                subject, teacher = subjects[(number + step) % len(subjects)], teachers[(number * TAUGHT + step) % len(teachers)]
                if subject not in taught:
                    hours = {"subjectId": subject, "teacherId": teacher, "weeklyHours": 2 + step}
                    self._api.post(f"/classes/{made['id']}/subjects", hours)

        side_by_side(room, range(GRADES * len(SECTIONS)))

    def _profiles(self) -> None:
        """What there is to a teacher besides the account; one is on leave now."""
        start = year_of(self._today)[1]
        teachers = sorted(self._api.all("/teachers"), key=_email)

        def complete(place: tuple[int, dict[str, Any]]) -> None:
            number, teacher = place
            if not teacher["profileComplete"]:
                profile = profile_of(number, SUBJECTS[number % len(SUBJECTS)][0], start)
                self._api.post("/teachers", {"userId": teacher["id"], **profile}, key=f"demo-teacher-{teacher['id']}")

        side_by_side(complete, enumerate(teachers))
        away = f"/teachers/{teachers[0]['id']}"
        if not self._api.get(away)["leaves"]:
            self._api.post(f"{away}/leaves", leave_of(self._today))

    def _applicants(self) -> None:
        """Some in each state of the register; none becomes a student here."""
        start = year_of(self._today)[1]
        known = {a["parentEmail"]: a for a in self._api.all("/admissions", includeInactive="true")}

        def apply(place: tuple[int, Applicant]) -> None:
            number, applicant = place
            body = applicant_body(number, applicant, start)
            made = known.get(body["parentEmail"]) or self._api.post("/admissions", body, key=f"demo-applicant-{number}")
            steps = ("ENQUIRY", *applicant.states)
            for status in steps[steps.index(made["status"]) + 1 :]:
                reason = {"reason": applicant.reason} if applicant.reason and status == steps[-1] else {}
                self._api.put(f"/admissions/{made['id']}", {"status": status, **reason})

        side_by_side(apply, enumerate(APPLICANTS))

    def _enrol(self) -> None:
        """The students as a school brings them along: one file through the bulk import, which changes nothing a second time."""
        self._api.upload("/students/bulk-import", students_csv(self._students, self._today))

    def _families(self) -> None:
        """One login with two children to show, some with one, and the year's holidays."""
        rows = list(islice(self._api.all("/students", sort="admissionNumber"), _GUARDIANS + 2))
        parent = self._user(f"parent@{DOMAIN}", "STUDENT_PARENT", "Asha", "Kulkarni", shown=True)
        self._link(parent, rows[0])
        self._link(parent, rows[1])

        def family(row: dict[str, Any]) -> None:
            first, _, last = (row["parentName"] or row["firstName"]).partition(" ")
            self._link(self._user(row["parentEmail"], "STUDENT_PARENT", first, last), row)

        side_by_side(family, rows[2:])
        self._holidays()

    def _link(self, user: dict[str, Any], row: dict[str, Any]) -> None:
        linked = {g["userId"] for g in self._api.get(f"/students/{row['id']}/guardians")}
        if user["id"] not in linked:
            body = {"userId": user["id"], "relation": row["parentRelation"], "primary": True}
            self._api.post(f"/students/{row['id']}/guardians", body)

    def _holidays(self) -> None:
        _, start, _ = year_of(self._today)
        known = {h["name"] for h in self._api.all("/holidays")}
        for name, month, day in _HOLIDAYS:
            first = date(start.year, month, day)
            if name not in known:
                last = first.replace(day=31) if month == 12 else first
                self._api.post("/holidays", {"name": name, "startDate": first.isoformat(), "endDate": last.isoformat()})


def side_by_side[T](call: Callable[[T], object], things: Iterable[T]) -> None:
    """Call for each thing, a few at a time; the first failure is raised."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(call, things):
            pass


def _email(user: dict[str, Any]) -> str:
    return str(user["email"])
