"""Attendance in its compact forms, and the one rule of its percentage (T3). Pure.

A status is one letter. A register packs its marks, a month sheet its days and students, a month's counts one short text for each day.
"""

import base64
import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Self
from uuid import UUID

LETTERS = {"PRESENT": "P", "ABSENT": "A", "LATE": "L", "HALF_DAY": "H", "EXCUSED": "E"}
STATUSES = {letter: status for status, letter in LETTERS.items()}
RULE = "percentage = (present + late + 0.5 × halfDay) / total × 100, two decimals, half up; null where no day is marked"
_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000


class Counts(NamedTuple):
    """How often each status stands somewhere."""

    present: int = 0
    absent: int = 0
    late: int = 0
    half_day: int = 0
    excused: int = 0

    @classmethod
    def of(cls, letters: Iterable[str]) -> Self:
        """The counts of some status letters."""
        listed = list(letters)
        return cls(*(listed.count(letter) for letter in STATUSES))

    @property
    def total(self) -> int:
        """The marked days (or marks): all of them, the excused ones too, as the requirements say."""
        return sum(self)

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))

    def of_status(self, status: str) -> int:
        """The count of one status."""
        return self[list(LETTERS).index(status)]

    @property
    def percentage(self) -> Decimal | None:
        """Rule T3: exact, two decimals, half up; None where there is no mark."""
        if not self.total:
            return None
        halves = 2 * (self.present + self.late) + self.half_day
        hundredths = (halves * 10_000 + self.total) // (2 * self.total)
        return Decimal(hundredths).scaleb(-2)


def summed(many: Iterable[Counts]) -> Counts:
    """All of them together."""
    listed = list(many)
    return Counts(*map(sum, zip(*listed, strict=True))) if listed else Counts()


@dataclass(frozen=True, slots=True)
class Mark:
    """A student's status of a day: who set it first and last, and when (by the phone's clock, where it came from one)."""

    student_id: str
    letter: str
    made_by: str
    made_at: str
    by: str
    at: str
    remarks: str | None = None

    def changed(self, letter: str, remarks: str | None, by: str, at: str) -> "Mark":
        """The mark as somebody sets it anew; unchanged where it says the same already."""
        if (letter, remarks) == (self.letter, self.remarks):
            return self
        return replace(self, letter=letter, remarks=remarks, by=by, at=at)


class Packed(NamedTuple):
    """The marks of a register as they are stored."""

    marks: str
    hands: list[list[str]]
    remarks: dict[str, str]


_MARK = struct.Struct(">16scHH")  # student, letter, hand that made it, hand that set it last; 21 bytes are 28 characters of base64


def pack_marks(marks: Sequence[Mark]) -> Packed:
    """The marks in the order of their slots."""
    hands: dict[tuple[str, str], int] = {}
    parts = []
    for mark in marks:
        made = hands.setdefault((mark.made_by, mark.made_at), len(hands))
        last = hands.setdefault((mark.by, mark.at), len(hands))
        parts.append(_MARK.pack(UUID(mark.student_id).bytes, mark.letter.encode(), made, last))
    remarks = {str(slot): mark.remarks for slot, mark in enumerate(marks) if mark.remarks}
    return Packed(base64.b64encode(b"".join(parts)).decode(), [list(hand) for hand in hands], remarks)


def unpack_marks(text: str, hands: Sequence[Sequence[str]], remarks: Mapping[str, str] | None) -> list[Mark]:
    """The marks in the order of their slots."""
    told = remarks or {}
    return [
        Mark(str(UUID(bytes=student)), letter.decode(), hands[made][0], hands[made][1], hands[last][0], hands[last][1], told.get(str(slot)))
        for slot, (student, letter, made, last) in enumerate(_MARK.iter_unpack(base64.b64decode(text)))
    ]


def letters_of(text: str) -> dict[str, str]:
    """Student → letter of packed marks, without the rest."""
    return {str(UUID(bytes=student)): letter.decode() for student, letter, _, _ in _MARK.iter_unpack(base64.b64decode(text))}


def counts_of(text: str) -> Counts:
    """The counts of packed marks."""
    return Counts.of(letter.decode() for _, letter, _, _ in _MARK.iter_unpack(base64.b64decode(text)))


# A month's counts: the day's sign, the number of present ones, and the others by letter: `c38A1L1d40`.
_SIGNS = "abcdefghijklmnopqrstuvwxyz!#$%&"
_COUNTED = re.compile(r"([a-z!#$%&])(\d*)((?:[ALHE]\d+)*)")
_OTHERS = re.compile(r"([ALHE])(\d+)")


def pack_counts(days: Mapping[int, Counts]) -> str:
    """Day of the month → counts, as one short text."""
    return "".join(
        _SIGNS[day - 1]
        + (str(counts.present) if counts.present else "")
        + "".join(f"{letter}{n}" for letter, n in zip("ALHE", counts[1:], strict=True) if n)
        for day, counts in sorted(days.items())
    )


def unpack_counts(text: str) -> dict[int, Counts]:
    """Day of the month → counts."""
    found = {}
    for sign, present, others in _COUNTED.findall(text):
        told = dict(_OTHERS.findall(others)) if others else {}
        absent, late, half_day, excused = (int(told.get(letter, 0)) for letter in "ALHE") if told else (0, 0, 0, 0)
        found[_SIGNS.index(sign) + 1] = Counts(int(present or 0), absent, late, half_day, excused)
    return found


type Sheet = dict[str, dict[str, str]]  # student → day (YYYY-MM-DD) → letter
_HEAD = struct.Struct(">IH")  # the marked days as bits, the number of students


def pack_sheet(sheet: Mapping[str, Mapping[str, str]]) -> bytes:
    """A month's sheet: marked days, students, then day by day a letter for each student, compressed."""
    students = sorted(sheet)
    days = sorted({int(day[8:]) for marks in sheet.values() for day in marks})
    by_day = [{s: m for s, marks in sheet.items() for d, m in marks.items() if int(d[8:]) == day} for day in days]
    letters = "".join("".join(column.get(s, ".") for s in students) for column in by_day)
    head = _HEAD.pack(sum(1 << day for day in days), len(students))
    return zlib.compress(head + b"".join(UUID(s).bytes for s in students) + letters.encode(), 9)


def unpack_sheet(month: str, content: bytes) -> Sheet:
    """The sheet of a month."""
    plain = zlib.decompress(content)
    bits, count = _HEAD.unpack_from(plain)
    start = _HEAD.size + 16 * count
    students = [str(UUID(bytes=plain[i : i + 16])) for i in range(_HEAD.size, start, 16)]
    letters = plain[start:].decode()
    days = [f"{month}-{day:02d}" for day in range(1, 32) if bits >> day & 1]
    sheet: Sheet = {student: {} for student in students}
    for place, letter in enumerate(letters):
        if letter != ".":
            sheet[students[place % count]][days[place // count]] = letter
    return sheet


@lru_cache(maxsize=4096)
def _class_bits(class_id: str) -> int:
    return int.from_bytes(hashlib.sha256(class_id.encode()).digest()[:10]) >> 6  # 74 bits


def record_id(class_id: str, day: str, slot: int) -> str:
    """The stable id of a mark, shaped as a UUIDv7: its time is the day at 00:00 UTC and the slot in milliseconds, its random bits the class."""
    moment = (date.fromisoformat(day) - _EPOCH).days * _DAY_MS + slot
    bits = _class_bits(class_id)
    return str(UUID(int=moment << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1))


class Place(NamedTuple):
    """Where a mark stands, as its id tells it."""

    class_id: str
    day: str
    slot: int


def place_of(mark_id: str, class_ids: Iterable[str]) -> Place | None:
    """The place that a mark's id tells, where its class is one of these."""
    number = UUID(mark_id).int
    if number >> 76 & 15 != 7 or number >> 62 & 3 != 2:
        return None
    bits = (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    found = next((c for c in class_ids if _class_bits(c) == bits), None)
    days, slot = divmod(number >> 80, _DAY_MS)
    if found is None or days > (date.max - _EPOCH).days:
        return None
    return Place(found, (_EPOCH + timedelta(days=days)).isoformat(), slot)


def register_name(class_id: str, day: str) -> str:
    """What the journal calls a register."""
    return f"{class_id}#{day}"


def month_span(first: date, last: date) -> list[str]:
    """The months that a span of days touches."""
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]


def instant(text: str) -> datetime:
    """An instant as it is stored."""
    return datetime.fromisoformat(text).astimezone(UTC)


def explained(counts: Counts, **more: Any) -> dict[str, Any]:
    """The rule of a percentage and the numbers that went in."""
    sum_text = f"({counts.present} + {counts.late} + 0.5 × {counts.half_day}) / {counts.total} × 100"
    return {
        "rule": RULE,
        "numbers": {**dict(zip(LETTERS, counts, strict=True)), "TOTAL": counts.total},
        "reckoning": f"{sum_text} = {counts.percentage}" if counts.total else "no day is marked",
        **more,
    }
