"""Decisions about schools."""

from typing import Any

from functions.schools import schemas
from functions.schools.fields import stored_form
from functions.schools.repository import add_school, change_school, get_school, school_for_change
from shared.accounts import open_account
from shared.auth.caller import Caller
from shared.auth.permissions import Role
from shared.currency_hold import refuse_if_held
from shared.data.list_model import Listing
from shared.entities.tenancy import School, User
from shared.http.request import unit
from shared.http.schema import changed_fields, sort_field
from shared.ids import new_id
from shared.limits import Limit, allowed, count_anew
from shared.lists import SCHOOLS
from shared.names import PLATFORM_SCHOOL
from shared.regions import usual_school_days
from shared.school_settings import SchoolSettings

SORTABLE = (
    "name", "principalName", "email", "country", "timezone", "currency", "status", "subscriptionTier", "subscriptionExpiry",
    "createdAt", "updatedAt",
)  # fmt: skip


def list_schools(query: schemas.SchoolList) -> Listing:
    """A page of the platform's schools."""
    equal: dict[str, Any] = {
        "status": query.status or (None if query.include_inactive else schemas.Status.ACTIVE),
        "subscriptionTier": query.subscription_tier,
        "country": query.country,
    }
    wanted = {k: str(v) for k, v in equal.items() if v is not None}
    sort = sort_field(query.sort, SORTABLE, "name")
    return SCHOOLS.page(PLATFORM_SCHOOL, query.page, query.page_size, sort=sort, search=query.search, equal=wanted)


def create_school(data: schemas.SchoolIn) -> schemas.ProvisionedOut:
    """A new tenant and its first admin, who is owed an invitation: one transaction."""
    school_id = new_id()
    sent = {name: value for name, value in data if name not in ("admin", "settings")}
    if data.settings:
        sent["settings"] = data.settings
    days = {"schoolDays": usual_school_days(data.country)}
    fields = stored_form(sent, {"settings": days})
    school = School(school_id=school_id, id=school_id, **{"settings": days, **fields})
    admin = User(
        school_id=school_id,
        id=new_id(),
        email=data.admin.email,
        role=Role.SCHOOL_ADMIN.value,
        first_name=data.admin.first_name,
        last_name=data.admin.last_name,
        invited=True,
    )
    add_school(unit(), school, {"name": [None, school.name], "admin": [None, admin.id]})
    open_account(unit(), admin, field="admin.email")
    return schemas.ProvisionedOut(**_told(school), admin=schemas.AdminOut.model_validate(admin))


def read_school(school_id: str) -> schemas.SchoolOut:
    """One school."""
    return shown(get_school(school_id))


def get_current_school(caller: Caller) -> schemas.SchoolOut:
    """The school that the caller works in, as it stands now: a change of a moment ago is seen."""
    return shown(get_school(caller.school.id, consistent=True))


def update_school(school_id: str, data: schemas.ProfileChange) -> schemas.SchoolOut:
    """Change the fields that were sent."""
    school = school_for_change(school_id)
    sent = stored_form(changed_fields(data, clearable=schemas.CLEARABLE), school.attribute_values)
    if sent.get("currency", school.currency) != school.currency:
        refuse_if_held(unit(), school)
    before = {limit: allowed(school, limit) for limit in Limit}
    for name, value in sent.items():
        setattr(school, name, value)
    if any((before[limit] is None) != (allowed(school, limit) is None) for limit in Limit):
        count_anew(unit(), school_id)
    change_school(unit(), school)
    return shown(school)


def shown(school: School) -> schemas.SchoolOut:
    """A school as it is answered, its settings and limits with their defaults."""
    return schemas.SchoolOut(**_told(school))


def _told(school: School) -> dict[str, Any]:
    plain = {**school.plain(), "settings": SchoolSettings.of(school), "limits": {limit.value: allowed(school, limit) for limit in Limit}}
    return {name: plain[name] for name in _SHOWN if name in plain}


_SHOWN = tuple(f.alias or name for name, f in schemas.SchoolOut.model_fields.items())
