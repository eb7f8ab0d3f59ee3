"""The wire of schools and holidays."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from shared.currencies import DECIMALS
from shared.http.schema import Date, Email, In, Int, Line, Lines, ListQuery, Name, Out, Phone, Url
from shared.regions import check_country, check_locale, check_timezone
from shared.school_settings import SchoolSettings

_LONGEST_YEAR = timedelta(days=400)
_LONGEST_HOLIDAY = timedelta(days=366)


class Status(StrEnum):
    """Whether a school is open; an inactive one is read-only for its users."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class Tier(StrEnum):
    """What a school subscribes to."""

    FREE = "FREE"
    BASIC = "BASIC"
    PREMIUM = "PREMIUM"


def _currency(code: str) -> str:
    if code not in DECIMALS:
        raise ValueError("must be a currency of ISO 4217 by its three capital letters, such as INR")
    return code


Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(check_timezone), Field(examples=["Asia/Kolkata"])]
Currency = Annotated[str, StringConstraints(max_length=3), AfterValidator(_currency), Field(examples=["INR"])]
Country = Annotated[str, StringConstraints(max_length=2), AfterValidator(check_country), Field(examples=["IN"])]
Locale = Annotated[str, StringConstraints(max_length=11), AfterValidator(check_locale), Field(examples=["en-IN"])]
Address = Annotated[Lines, StringConstraints(min_length=1, max_length=500), Field(examples=["1 School Lane, Pune 411001"])]
FoundingYear = Annotated[Int, Field(ge=1000, le=9999, description="Not after this year", examples=[1962])]
Board = Annotated[Line, Field(max_length=100, examples=["CBSE"])]


class AcademicYear(In):
    """A school year: its name, first and last day."""

    name: Annotated[Name, Field(max_length=20, examples=["2026-2027"])]
    start: Annotated[Date, Field(examples=["2026-04-01"])]
    end: Annotated[Date, Field(examples=["2027-03-31"])]

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: date, info: ValidationInfo) -> date:
        start = info.data.get("start", end - timedelta(days=1))
        if not start < end:
            raise ValueError("The year must end after it starts")
        if end - start > _LONGEST_YEAR:
            raise ValueError(f"The year must not be longer than {_LONGEST_YEAR.days} days")
        return end


class FirstAdmin(In):
    """Who runs the new school, and is invited by e-mail."""

    first_name: Name
    last_name: Name | None = None
    email: Email


class Limits(In):
    """A school's own limits, in place of its tier's."""

    students: Annotated[Int | None, Field(ge=0, le=1_000_000)] = None
    users: Annotated[Int | None, Field(ge=0, le=1_000_000)] = None
    storage_mb: Annotated[Int | None, Field(ge=0, le=100_000_000)] = None
    messages_per_month: Annotated[Int | None, Field(ge=0, le=100_000_000)] = None


class SchoolIn(In):
    """A new school."""

    name: Annotated[Name, Field(examples=["Green Valley School"])]
    address: Address
    phone: Phone
    email: Email
    logo: Url | None = None
    established_year: FoundingYear
    board_affiliation: Board | None = None
    principal_name: Name
    status: Status = Status.ACTIVE
    subscription_tier: Tier = Tier.FREE
    subscription_expiry: Date | None = None
    timezone: Timezone
    currency: Currency
    country: Country
    locale: Locale
    academic_year: AcademicYear
    settings: SchoolSettings | None = None
    admin: FirstAdmin


class ProfileChange(In):
    """What a school may change of itself. Settings are merged section by section; null puts a setting back to its default."""

    name: Name | None = None
    address: Address | None = None
    phone: Phone | None = None
    email: Email | None = None
    logo: Url | None = None
    established_year: FoundingYear | None = None
    board_affiliation: Board | None = None
    principal_name: Name | None = None
    timezone: Timezone | None = None
    currency: Annotated[Currency | None, Field(description="Cannot change once amounts of money are kept")] = None
    country: Country | None = None
    locale: Locale | None = None
    academic_year: AcademicYear | None = None
    settings: SchoolSettings | None = None


class SchoolChange(ProfileChange):
    """What the platform may change of a school."""

    status: Status | None = None
    subscription_tier: Tier | None = None
    subscription_expiry: Date | None = None
    limits: Annotated[Limits | None, Field(description="Null: the tier's")] = None


CLEARABLE = ("logo", "board_affiliation", "subscription_expiry", "limits")


class AcademicYearOut(Out):
    """A school year."""

    name: str
    start: str
    end: str


class LimitsOut(Out):
    """What the school may use; null: without limit."""

    students: int | None
    users: int | None
    storage_mb: int | None
    messages_per_month: int | None


class SchoolOut(Out):
    """A school."""

    id: str
    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    logo: str | None = None
    established_year: int | None = None
    board_affiliation: str | None = None
    principal_name: str | None = None
    status: Status
    subscription_tier: Tier
    subscription_expiry: str | None = None
    timezone: str
    currency: str
    country: str
    locale: str
    academic_year: AcademicYearOut
    settings: SchoolSettings
    limits: LimitsOut
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class AdminOut(Out):
    """The first admin of a school."""

    id: str
    first_name: str
    last_name: str | None = None
    email: str
    role: str
    status: str
    invited: bool


class ProvisionedOut(SchoolOut):
    """A new school with its first admin."""

    admin: AdminOut


class SchoolRow(Out):
    """A school in the platform's list."""

    id: str
    name: str
    principal_name: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    timezone: str | None = None
    currency: str | None = None
    status: Status
    subscription_tier: Tier
    subscription_expiry: str | None = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class SchoolList(ListQuery):
    """Filters of the list of schools."""

    status: Status | None = None
    subscription_tier: Tier | None = None
    country: Annotated[Line | None, Field(max_length=2)] = None


class HolidayIn(In):
    """Days without school: the first and the last one."""

    name: Annotated[Name, Field(examples=["Diwali"])]
    start_date: Annotated[Date, Field(examples=["2026-11-08"])]
    end_date: Annotated[Date, Field(examples=["2026-11-10"])]
    description: Lines | None = None

    @field_validator("end_date")
    @classmethod
    def _not_before_start(cls, end: date, info: ValidationInfo) -> date:
        start = info.data.get("start_date", end)
        if end < start:
            raise ValueError("The last day must not be before the first")
        if end - start > _LONGEST_HOLIDAY:
            raise ValueError(f"A holiday must not be longer than {_LONGEST_HOLIDAY.days} days")
        return end


class HolidayChange(In):
    """The fields of a holiday to change."""

    name: Name | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    description: Lines | None = None


class HolidayOut(Out):
    """Days without school, both inclusive."""

    id: str
    school_id: str
    name: str
    start_date: str
    end_date: str
    description: str | None = None
    version: int
    created_at: str | None = None
    updated_at: str | None = None


class HolidayList(ListQuery):
    """Filters of the list of holidays: those that touch a calendar year, or the days from one date to another."""

    year: Annotated[int | None, Field(ge=1900, le=2200)] = None
    from_date: Date | None = None
    to_date: Date | None = None
