"""What is derived from fees and payments: sheets of rows for the lists, and totals of classes for dashboards.

All of it can be made again from the fees and payments; nothing here is journalled.
"""

from shared.data.attributes import Blob, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys


class FeeSheet(Item):
    """The fees of a class that fall due in one quarter, as compressed rows: those with something open apart from the settled ones.

    So the open fees of years gone by are read without their settled ones.
    """

    keys = Keys(
        TENANT + "#FEE_SHEET#{academic_year}",
        "{half}#{block}",
        purpose="the rows of a year's fees, for a cold container; the open ones alone by prefix",
    )

    academic_year = Text()
    half = Text()  # OPEN or PAID
    block = Text()  # class and quarter
    turn = Whole()  # each change raises it by one
    content = Blob()


class FeeSheetState(Item):
    """How far the journal has been worked into the sheets and totals of a school, and which years they hold."""

    keys = Keys(TENANT + "#FEE_SHEET", "STATE", purpose="how far the fee sheets and totals have come")

    read_until = Whole()  # epoch milliseconds up to which the journal was read
    turn = Whole()
    years = Plain()  # academic year → the last day on which one of its fees falls due


class FeeTotals(Item):
    """The sums of a class's fees in a year, by due day and by month and method of payment."""

    keys = Keys(TENANT + "#FEE_TOTALS#{academic_year}", "{class_id}", purpose="sums of fees of a class; all classes of a year")

    academic_year = Text()
    class_id = Text()
    turn = Whole()
    read_until = Whole()  # epoch milliseconds up to which the journal was read for it
    content = Blob()
