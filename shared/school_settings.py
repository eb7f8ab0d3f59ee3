"""A school's settings, typed, with their defaults. Stored is only what differs; other modules read `SchoolSettings.of(school)`."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from shared.auth.permissions import Role
from shared.http.amounts import Amount, number
from shared.http.schema import Bool, Int, Lines, Wire
from shared.money import parse_money
from shared.numbering import check_pattern
from shared.regions import WEEK

if TYPE_CHECKING:
    from shared.entities.tenancy import School


def _distinct[T](values: list[T]) -> list[T]:
    if len(set(values)) != len(values):
        raise ValueError("must not have the same value twice")
    return values


def _in_order(days: list[str]) -> list[str]:
    return [day for day in WEEK if day in _distinct(days)]


Percentage = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Field(examples=["21:00"])]
Pattern = Annotated[str, AfterValidator(check_pattern), Field(min_length=1, max_length=40, examples=["{YYYY}-{SEQ:4}"])]
Days = Annotated[list[Annotated[Int, Field(ge=0, le=365)]], Field(max_length=10), AfterValidator(_distinct)]
SchoolDay = Annotated[str, Field(pattern="^(MON|TUE|WED|THU|FRI|SAT|SUN)$")]


class Section(Wire):
    """A part of the settings. Unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class Numbering(Section):
    """Patterns of the numbers that the school gives: `{YYYY}`, `{YY}`, `{MM}`, `{SEQ}`, `{SEQ:4}` (see shared/numbering.py)."""

    roll_number: Pattern = "R-{SEQ:5}"
    admission_number: Pattern = "{YYYY}-{SEQ:5}"
    employee_id: Pattern = "E-{SEQ:4}"


class Attendance(Section):
    """Rules of the register (T2, T4)."""

    absence_messages: Annotated[Bool, Field(description="Tell the guardian on the day when a student is absent")] = False
    absence_messages_at: Annotated[TimeOfDay, Field(description="Not before this time of the day")] = "10:00"
    correction_days: Annotated[Int, Field(ge=0, le=60, description="Days back that may be marked or corrected without a reason")] = 7
    low_percentage: Annotated[Percentage, Field(description="Below it, attendance is called low")] = Decimal(75)
    registers_due_at: Annotated[TimeOfDay, Field(description="A register not marked by then is an alert")] = "10:30"


class FineKind(StrEnum):
    """How a late fine is reckoned."""

    NONE = "NONE"
    FIXED = "FIXED"
    PERCENTAGE = "PERCENTAGE"
    DAILY = "DAILY"


class LateFine(Section):
    """What is added to an overdue fee (F7): an amount once, a percentage of what is open once, or an amount for each day."""

    kind: FineKind = FineKind.NONE
    amount: Amount = Decimal(0)
    percentage: Percentage = Decimal(0)
    grace_days: Annotated[Int, Field(ge=0, le=365)] = 0
    maximum: Amount | None = None


class DiscountKind(StrEnum):
    """How a discount is reckoned."""

    NONE = "NONE"
    FIXED = "FIXED"
    PERCENTAGE = "PERCENTAGE"


class SiblingDiscount(Section):
    """What is taken off the fees of a family's second child and those after it."""

    kind: DiscountKind = DiscountKind.NONE
    amount: Amount = Decimal(0)
    percentage: Percentage = Decimal(0)
    from_child: Annotated[Int, Field(ge=2, le=10, description="The first child that gets it, by admission")] = 2


class Receipts(Section):
    """Texts of a receipt, above and below what was paid; and whether guardians are told of it."""

    messages: Annotated[Bool, Field(description="Tell the guardians of each payment, with the number of its receipt")] = False
    header: Annotated[Lines, Field(max_length=500)] = ""
    footer: Annotated[Lines, Field(max_length=1_000)] = ""


class Fees(Section):
    """Rules of fees (F7)."""

    late_fine: LateFine = Field(default_factory=LateFine)
    sibling_discount: SiblingDiscount = Field(default_factory=SiblingDiscount)
    reminder_days_before: Annotated[Days, Field(description="Days before the due date on which guardians are reminded")] = Field(
        default_factory=lambda: [7, 1]
    )
    reminder_days_after: Annotated[Days, Field(description="Days after the due date on which guardians are reminded")] = Field(
        default_factory=lambda: [1, 7, 15]
    )
    receipts: Receipts = Field(default_factory=Receipts)


class QuietHours(Section):
    """When nothing is sent, in the school's time zone; it may go over midnight. The same time twice means never."""

    start: TimeOfDay = "21:00"
    end: TimeOfDay = "07:00"


class Messages(Section):
    """How the school reaches people."""

    email: Bool = True
    sms: Bool = False
    quiet_hours: QuietHours = Field(default_factory=QuietHours)


class Security(Section):
    """What signing in demands."""

    mfa_required_roles: Annotated[list[Role], Field(max_length=5), AfterValidator(_distinct)] = Field(default_factory=list)


class RateLimits(Section):
    """Requests a minute of each user by kind; unset ones are the platform's."""

    auth: Annotated[Int | None, Field(ge=1, le=60)] = None
    read: Annotated[Int | None, Field(ge=10, le=10_000)] = None
    write: Annotated[Int | None, Field(ge=5, le=5_000)] = None
    upload: Annotated[Int | None, Field(ge=1, le=500)] = None


class SchoolSettings(Section):
    """All settings of a school."""

    school_days: Annotated[list[SchoolDay], Field(min_length=1, max_length=7), AfterValidator(_in_order)] = Field(
        default_factory=lambda: list(WEEK[:5])
    )
    numbering: Numbering = Field(default_factory=Numbering)
    attendance: Attendance = Field(default_factory=Attendance)
    fees: Fees = Field(default_factory=Fees)
    messages: Messages = Field(default_factory=Messages)
    security: Security = Field(default_factory=Security)
    rate_limits: RateLimits = Field(default_factory=RateLimits)
    retention_days: Annotated[Int, Field(ge=90, le=3_650, description="How long the audit log is kept at hand")] = 365

    @classmethod
    def of(cls, school: "School") -> Self:
        """The school's settings, amounts with its currency's decimals. What is stored and no longer known is left out."""
        return cls.stored(school.settings or {}, school.currency)

    @classmethod
    def stored(cls, kept: dict[str, Any], currency: str) -> Self:
        """The settings of what a school has stored."""
        made = cls.model_validate(_known(cls, kept))
        fine, discount = made.fees.late_fine, made.fees.sibling_discount
        fine.amount, discount.amount = parse_money(fine.amount, currency), parse_money(discount.amount, currency)
        fine.maximum = None if fine.maximum is None else parse_money(fine.maximum, currency)
        return made

    def sparse(self) -> dict[str, Any]:
        """What was set, by wire name, as it is stored."""
        told: dict[str, Any] = _plain(self.model_dump(by_alias=True, exclude_unset=True))
        return told


def _plain(value: Any) -> Any:
    """Enums as their text, so that DynamoDB takes it."""
    match value:
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case list():
            return [_plain(v) for v in value]
        case StrEnum():
            return value.value
    return value


def _known(model: type[Wire], kept: dict[str, Any]) -> dict[str, Any]:
    fields = {f.alias or n: f.annotation for n, f in model.model_fields.items()}
    return {
        name: _known(kind, value) if isinstance(kind := fields[name], type) and issubclass(kind, Section) else value
        for name, value in kept.items()
        if name in fields
    }


def merged(before: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Stored settings with what was sent over them, section by section; null puts a field back to its default."""
    made = {**before, **{n: merged(before.get(n) or {}, v) if isinstance(v, dict) else v for n, v in sent.items()}}
    return {name: value for name, value in made.items() if value is not None}
