"""Keeps a school's currency from changing once amounts of money are stored in it."""

from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.tenancy import CurrencyHold, School
from shared.errors import Conflict

_held: set[str] = set()  # schools whose hold this container has seen; a hold never goes away


def hold_currency(unit: UnitOfWork, school: School) -> None:
    """Hold the school's currency with the unit's commit. To be called by whatever stores a first amount of money."""
    if school.id in _held:
        return
    if reader.load(CurrencyHold, consistent=True, school_id=school.id) is None:
        unit.put(CurrencyHold(school_id=school.id, currency=school.currency), Item.pk.does_not_exist(), RetryWrite())
        unit.check(School(school_id=school.id), School.currency == school.currency, RetryWrite())
        return
    _held.add(school.id)


def refuse_if_held(unit: UnitOfWork, school: School) -> None:
    """Demand with the unit's commit that nothing is kept in the school's currency yet."""
    taken = Conflict.of("currency", "Amounts of money are kept in the present currency")
    if reader.load(CurrencyHold, consistent=True, school_id=school.id) is not None:
        raise taken
    unit.check(CurrencyHold(school_id=school.id), Item.pk.does_not_exist(), taken)
