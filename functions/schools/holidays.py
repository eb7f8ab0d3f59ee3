"""Decisions about holidays."""

from functions.schools import schemas
from functions.schools.repository import Holidays, identity
from shared.auth.caller import Caller
from shared.data.list_model import Listing
from shared.entities.academics import Holiday
from shared.errors import ValidationFailed
from shared.http.body import validated
from shared.http.request import unit
from shared.http.schema import Deletion, changed_fields, sort_field
from shared.ids import new_id
from shared.lists import HOLIDAYS

SORTABLE = ("name", "startDate", "endDate", "createdAt", "updatedAt")


def list_holidays(caller: Caller, query: schemas.HolidayList) -> Listing:
    """A page of the holidays that touch the days asked for."""
    if query.from_date and query.to_date and query.to_date < query.from_date:
        raise ValidationFailed.of("toDate", "The last day must not be before the first")
    starts = [f"{query.year}-01-01"] if query.year else []
    ends = [f"{query.year}-12-31"] if query.year else []
    starts += [query.from_date.isoformat()] if query.from_date else []
    ends += [query.to_date.isoformat()] if query.to_date else []
    first, last = max(starts, default=""), min(ends, default="9999")
    return HOLIDAYS.page(
        caller.school_id,
        query.page,
        query.page_size,
        sort=sort_field(query.sort, SORTABLE, "startDate"),
        search=query.search,
        keep=lambda row: row["endDate"] >= first and row["startDate"] <= last,
        keep_key=(first, last),
    )


def get_holiday(caller: Caller, holiday_id: str) -> Holiday:
    """One holiday."""
    return Holidays(caller.school_id).get(holiday_id)


def create_holiday(caller: Caller, data: schemas.HolidayIn) -> Holiday:
    """A new holiday; it may overlap with others."""
    made = Holiday(school_id=caller.school_id, id=new_id(), **data.model_dump(mode="json", by_alias=False))
    Holidays(caller.school_id).add(unit(), made)
    return made


def update_holiday(caller: Caller, holiday_id: str, data: schemas.HolidayChange) -> Holiday:
    """Change the fields that were sent."""
    holidays = Holidays(caller.school_id)
    found = holidays.get_for_change(holiday_id)
    before = identity(found)
    changed_fields(data, clearable=("description",))
    sent = data.model_dump(mode="json", by_alias=False, exclude_unset=True)
    whole = {name: getattr(found, name) for name in ("name", "start_date", "end_date", "description")} | sent
    validated(schemas.HolidayIn, {f.alias or n: whole[n] for n, f in schemas.HolidayIn.model_fields.items()})
    for name, value in sent.items():
        setattr(found, name, value)
    holidays.change(unit(), found, before)
    return found


def delete_holiday(caller: Caller, holiday_id: str) -> Deletion:
    """Remove a holiday: nothing refers to it."""
    holidays = Holidays(caller.school_id)
    holidays.remove(unit(), holidays.get_for_change(holiday_id))
    return Deletion(id=holiday_id, outcome="removed")
