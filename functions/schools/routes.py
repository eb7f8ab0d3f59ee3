"""The routes of schools and holidays."""

from functions.schools import holidays, schemas, service
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Created, Ok, Page, created, listing, ok
from shared.http.router import Router
from shared.http.schema import Deletion

router = Router("Schools")


@router.get("/schools", allow=Permission.SCHOOLS_MANAGE)
def list_schools(query: schemas.SchoolList) -> Page[schemas.SchoolRow]:
    """List the platform's schools."""
    return listing(service.list_schools(query), query)


@router.post("/schools", allow=Permission.SCHOOLS_MANAGE, raises=(Conflict,))
def create_school(data: schemas.SchoolIn) -> Created[schemas.ProvisionedOut]:
    """Provision a school with its first admin, who gets an invitation by e-mail.

    Both are made in one transaction. The admin's e-mail address must not be in use in any school. Settings that are not sent
    are the defaults; the school days those that are usual in the country.
    """
    return created(service.create_school(data))


@router.get("/schools/current", allow=Permission.SCHOOL_READ)
def get_current_school(caller: Caller) -> Ok[schemas.SchoolOut]:
    """Return the profile and settings of the school that the caller works in."""
    return ok(service.get_current_school(caller))


@router.put("/schools/current", allow=Permission.SCHOOL_UPDATE, raises=(Conflict,))
def update_current_school(data: schemas.ProfileChange, caller: Caller) -> Ok[schemas.SchoolOut]:
    """Change the fields of the own school's profile and settings that are sent.

    Status, subscription and limits are the platform's to change. The currency cannot change once amounts of money are kept.
    """
    return ok(service.update_school(caller.school.id, data))


@router.get("/schools/<school_id>", allow=Permission.SCHOOLS_MANAGE, raises=(NotFound,))
def get_school(school_id: str) -> Ok[schemas.SchoolOut]:
    """Return one school."""
    return ok(service.read_school(school_id))


@router.put("/schools/<school_id>", allow=Permission.SCHOOLS_MANAGE, raises=(NotFound, Conflict))
def update_school(school_id: str, data: schemas.SchoolChange) -> Ok[schemas.SchoolOut]:
    """Change the fields of a school that are sent, its status and subscription included.

    An inactive school, and one 14 days past its subscription's end, is read-only for its users.
    """
    return ok(service.update_school(school_id, data))


@router.get("/holidays", allow=Permission.HOLIDAYS_READ, tag="Holidays")
def list_holidays(query: schemas.HolidayList, caller: Caller) -> Page[schemas.HolidayOut]:
    """List holidays by their first day, those that touch a year or a range of days."""
    return listing(holidays.list_holidays(caller, query), query)


@router.get("/holidays/<holiday_id>", allow=Permission.HOLIDAYS_READ, raises=(NotFound,), tag="Holidays")
def get_holiday(holiday_id: str, caller: Caller) -> Ok[schemas.HolidayOut]:
    """Return one holiday."""
    return ok(schemas.HolidayOut.model_validate(holidays.get_holiday(caller, holiday_id)))


@router.post("/holidays", allow=Permission.HOLIDAYS_MANAGE, raises=(Conflict,), tag="Holidays")
def create_holiday(data: schemas.HolidayIn, caller: Caller) -> Created[schemas.HolidayOut]:
    """Enter days without school. Holidays may overlap; the same name on the same days stands there once."""
    return created(schemas.HolidayOut.model_validate(holidays.create_holiday(caller, data)))


@router.put("/holidays/<holiday_id>", allow=Permission.HOLIDAYS_MANAGE, raises=(NotFound, Conflict), tag="Holidays")
def update_holiday(holiday_id: str, data: schemas.HolidayChange, caller: Caller) -> Ok[schemas.HolidayOut]:
    """Change the fields of a holiday that are sent."""
    return ok(schemas.HolidayOut.model_validate(holidays.update_holiday(caller, holiday_id, data)))


@router.delete("/holidays/<holiday_id>", allow=Permission.HOLIDAYS_MANAGE, raises=(NotFound, Conflict), tag="Holidays")
def delete_holiday(holiday_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a holiday."""
    return ok(holidays.delete_holiday(caller, holiday_id))
