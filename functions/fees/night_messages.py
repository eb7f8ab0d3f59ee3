"""What guardians are told of fees (rule F7): one message a student, day and topic, however many fees it is about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from functions.fees import night_view
from functions.fees.night_rules import Reminder, reminders
from functions.fees.receipts.locales import figures
from shared.entities.fees import StudentFee
from shared.entities.tenancy import School
from shared.fee_standing import Standing, standing_of
from shared.messages import Owed
from shared.school_settings import Fees
from shared.topics import TopicName


@dataclass(frozen=True, slots=True)
class _Line:
    """A fee, or an instalment of it, in a message."""

    fee: StudentFee
    reminder: Reminder

    @property
    def text(self) -> str:
        named = self.fee.period not in ("ONCE", "YEAR")
        return f"{self.fee.name} ({self.fee.period})" if named else self.fee.name


def of_fee(plain: Mapping[str, Any], now: Standing, rules: Fees, day: date) -> list[Reminder]:
    """What is to be told of a fee on a day."""
    if now.open <= 0:
        return []
    return reminders(night_view.owed(plain, now), rules.reminder_days_before, rules.reminder_days_after, day)


def of_night(school: School, rules: Fees, day: date, fees: Iterable[StudentFee]) -> Iterator[Owed]:
    """The messages about fees, a student's side by side, as they stand on the day."""
    for student_id, several in groupby(fees, key=lambda fee: fee.student_id):
        lines = [_Line(fee, told) for fee in several for told in _told(school, rules, day, fee)]
        for topic, about in (
            (TopicName.FEE_REMINDER, [line for line in lines if not line.reminder.overdue]),
            (TopicName.FEE_OVERDUE, [line for line in lines if line.reminder.overdue]),
        ):
            if about:
                key = f"{topic}#{student_id}#{day.isoformat()}"
                yield Owed(key=key, topic=topic, facts=_facts(school, about), student_id=student_id)


def _told(school: School, rules: Fees, day: date, fee: StudentFee) -> list[Reminder]:
    plain = fee.plain()
    return of_fee(plain, standing_of(plain, day, school.currency), rules, day)


def _facts(school: School, lines: list[_Line]) -> dict[str, str]:
    lines = sorted(lines, key=lambda line: (line.reminder.part.due, line.text))
    total = sum((line.reminder.part.left for line in lines), Decimal(0))
    facts = {
        "fee": ", ".join(dict.fromkeys(line.text for line in lines)),
        "amount": f"{school.currency} {figures(total, school.currency, school.locale)}",
        "dueDate": ", ".join(dict.fromkeys(line.reminder.part.due.isoformat() for line in lines)),
    }
    days = max(-line.reminder.days for line in lines)
    return {**facts, "daysOverdue": str(days)} if days > 0 else facts
