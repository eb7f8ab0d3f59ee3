"""Decisions about the lists of fees; what else is decided of fees stands in a file for each topic."""

from dataclasses import replace

from functions.fees import reading, schemas, schemas_reading
from functions.fees import reading_select as choice
from functions.fees.reading_rows import FeeRow
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.auth.scope import children, visible_student
from shared.data.list_model import Listing
from shared.http.envelope import to_json
from shared.http.schema import sort_field
from shared.text import fold


def list_fees(caller: Caller, query: schemas_reading.FeeList) -> Listing:
    """A page of the fees that the caller may see."""
    return _page(caller, query, reading.filters(caller, query))


def list_overdue_fees(caller: Caller, query: schemas_reading.FeeList) -> Listing:
    """A page of the fees that are overdue today."""
    return _page(caller, query, replace(reading.filters(caller, query), status=choice.OVERDUE), overdue=True)


def _page(caller: Caller, query: schemas_reading.FeeList, f: choice.Filters, *, overdue: bool = False) -> Listing:
    sort = sort_field(query.sort, reading.SORTABLE, "dueDate")
    start, stop = (query.page - 1) * query.page_size, query.page * query.page_size
    if caller.role == Role.STUDENT_PARENT:
        own = _own(caller, f, sort)
        some, total = own[start:stop], len(own)
    else:
        found = reading.selection(caller, reading.book_of(caller, f), f, sort)
        some, total = found.rows(start, stop, descending=sort.startswith("-")), found.size
    return Listing([to_json(row) for row in reading.shown(caller, some, overdue=overdue)], total)


def _own(caller: Caller, f: choice.Filters, sort: str) -> list[FeeRow]:
    """The fees of the caller's children whose fees it may see."""
    seen = [c.student_id for c in children(caller) if c.sees.get("fees")]
    wanted = [i for i in seen if f.student_ids is None or i in f.student_ids]
    rows = [row for student_id in wanted for row in reading.rows_of(caller, student_id)]
    return choice.in_order(choice.chosen(rows, f), sort, f.today, reading.ranks(caller, sort))


def list_student_fees(caller: Caller, student_id: str, query: schemas.StudentFees) -> Listing:
    """A page of the fees of a student whom the caller may see, of all years."""
    sort = sort_field(query.sort, schemas.SORTABLE, "dueDate")
    visible_student(caller, student_id, what="fees")
    f = replace(reading.everything(caller), year=query.academic_year, status=query.status and query.status.value)
    rows = choice.chosen(reading.rows_of(caller, student_id), f)
    if query.search:
        needle = fold(query.search)
        rows = [r for r in rows if needle in fold(r.name)]
    rows = choice.in_order(rows, sort, f.today)
    some = rows[(query.page - 1) * query.page_size : query.page * query.page_size]
    return Listing([to_json(row) for row in reading.shown(caller, some)], len(rows))
