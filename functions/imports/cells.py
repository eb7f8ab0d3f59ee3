"""From the cells of a row to the fields of a student, by the rules that the API's own bodies keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from functions.imports.columns import CLASS_FIELDS, Columns
from functions.imports.words import WORDED, value_of
from shared.csv_files import DateOrder, parse_date
from shared.http.schema import Date, Name
from shared.phones import parse_phone
from shared.student_fields import Gender, Number, OptionalFields, Status

DATES = ("dateOfBirth", "admissionDate")
PHONES = ("phone", "parentPhone", "emergencyContactPhone")
_SHOWN = 100


class RowIn(OptionalFields):
    """The cells of one row that hold something: any may lack, for a row may be a student who is there already."""

    first_name: Name | None = None
    date_of_birth: Date | None = None
    gender: Gender | None = None
    admission_date: Date | None = None
    roll_number: Number | None = None
    admission_number: Number | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad cell. `row` counts as a spreadsheet shows it; None where the whole file is meant."""

    row: int | None
    column: str | None
    field: str | None
    value: str | None
    message: str

    def told(self) -> dict[str, Any]:
        """As it is answered."""
        return {"row": self.row, "column": self.column, "field": self.field, "value": self.value, "message": self.message}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are read."""

    columns: Columns
    date_order: DateOrder
    country: str | None
    today: date
    defaults: Mapping[str, str]


class RowReader:
    """Reads the rows of one file. What is wrong with a row is collected in `found`."""

    def __init__(self, how: Reading) -> None:
        self.how = how
        plain = [(name, at) for name, at in how.columns.index.items() if name not in CLASS_FIELDS]
        self._cells = plain
        self._class_cells = [(name, at) for name, at in how.columns.index.items() if name in CLASS_FIELDS]
        self._date = lru_cache(maxsize=4096)(parse_date)

    def class_words(self, cells: list[str]) -> dict[str, str]:
        """What the row says of its class, trimmed."""
        words = {name: text for name, at in self._class_cells if (text := cells[at].strip())}
        return {**{n: v for n, v in self.how.defaults.items() if n in CLASS_FIELDS and n not in words}, **words}

    def read(self, number: int, cells: list[str], found: list[Finding]) -> dict[str, Any]:
        """Field (Python's name) → value of the cells that hold something."""
        given = {name: text for name, at in self._cells if (text := cells[at].strip())}
        for name, value in self.how.defaults.items():
            if name not in given and name not in CLASS_FIELDS:
                given[name] = value
        wrong: list[tuple[str, str]] = []
        checked = self._prepared(given, wrong)
        try:
            made = RowIn.model_validate(checked).sent()
        except ValidationError as error:
            told = error.errors(include_url=False, include_context=False, include_input=False)
            bad = [(str(e["loc"][0]), e["msg"].removeprefix("Value error, ")) for e in told]
            wrong += bad
            made = RowIn.model_validate({n: v for n, v in checked.items() if n not in dict(bad)}).sent()
        for name, message in wrong:
            found.append(Finding(number, self.how.columns.header(name), name, given[name][:_SHOWN], message))
        return made

    def _prepared(self, given: dict[str, str], wrong: list[tuple[str, str]]) -> dict[str, Any]:
        """The cells with dates, phones and known words in the API's own form; those that have none are told and left out."""
        made: dict[str, Any] = dict(given)
        for name in WORDED:
            if name in made:
                made[name] = value_of(name, made[name])
        for names, read in ((DATES, self._read_date), (PHONES, self._read_phone)):
            for name in names:
                if name in made:
                    try:
                        made[name] = read(made[name])
                    except ValueError as error:
                        del made[name]
                        wrong.append((name, str(error)))
        return made

    def _read_date(self, text: str) -> date:
        return self._date(text, self.how.date_order)

    def _read_phone(self, text: str) -> str:
        return parse_phone(text, self.how.country)
