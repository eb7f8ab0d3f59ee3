"""One file, looked through from its headers to its last row: what it holds, how it is read, what an import of it will write."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, cast

from functions.imports.cells import DATES, Reading, RowReader
from functions.imports.checking import Checked, FileCheck
from functions.imports.columns import Columns, find_columns
from functions.imports.known import Known
from functions.imports.repository import Mappings
from functions.imports.rooms import Rooms
from functions.imports.upload import Options
from shared import clock
from shared.csv_files import DateOrder, Row, Table
from shared.data.unit_of_work import UnitOfWork
from shared.entities.tenancy import School
from shared.lists import CLASSES
from shared.text import fold

_LOOKED_INTO = 1_000
_DAY_OR_MONTH_FIRST = re.compile(r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file holds, and how it was read."""

    options: Options
    columns: Columns
    date_order: DateOrder
    checked: Checked
    present: int  # students who are at the school now

    @property
    def refused(self) -> bool:
        """Whether nothing may be written: rows are bad, and it is the whole file or nothing."""
        return self.checked.failed > 0 and self.options.mode == "all"

    def told(self) -> dict[str, Any]:
        """What the check found, as it is answered and kept."""
        return {
            "errors": [finding.told() for finding in self.checked.findings],
            "errorCount": self.checked.found,
            "mapping": self.columns.told(),
            "ignored": self.columns.ignored,
            "missing": self.columns.missing,
            "dateOrder": self.date_order,
        }

    def remember(self, unit: UnitOfWork) -> None:
        """Save the columns for the school's next files, if that was asked for."""
        if self.options.save_mapping:
            held = {fold(header): name for header, name in self.columns.told().items()}
            left_out = {fold(header): None for header, to in self.options.mapping.items() if not to}
            Mappings(unit.school_id).save(unit, {**held, **left_out}, self.date_order)


def inspect(school: School, table: Table, options: Options, every: Callable[[], None] | None = None) -> Inspection:
    """Check every row of a table; `every` is called from time to time. BadFile where the file itself breaks off."""
    saved, saved_order = Mappings(school.id).saved()
    columns = find_columns(table.headers, saved, options.mapping, options.defaults)
    rows: Iterator[Row] = table.rows
    order = options.date_order or saved_order
    if order is None:
        first = list(islice(rows, _LOOKED_INTO))
        rows = chain(first, rows)
        order = told_by(first, columns)
    today = clock.today(school.timezone)
    reading = Reading(columns, cast("DateOrder", order), school.country, today, options.defaults)
    rooms = Rooms(CLASSES.all(school.id), options.class_year or school.academic_year["name"])
    known = Known(school.id)
    check = FileCheck(known, RowReader(reading), rooms, over_capacity=options.over_capacity, today=today)
    return Inspection(options, columns, reading.date_order, check.run(rows, table.headers, every), known.present)


def told_by(rows: list[Row], columns: Columns) -> str:
    """The order in which a file writes its dates, where its own dates prove it; else only the year can come first."""
    day_first = month_first = False
    for name in DATES:
        at = columns.index.get(name)
        for row in rows if at is not None else ():
            if found := _DAY_OR_MONTH_FIRST.match(row.cells[at or 0]):
                day_first = day_first or int(found[1]) > 12
                month_first = month_first or int(found[2]) > 12
    if day_first == month_first:
        return "iso"
    return "dmy" if day_first else "mdy"
