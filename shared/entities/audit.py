"""What stands beside the journal: the chain that proves it whole, its sealed days, and who looked at a child's record."""

from shared.data.attributes import Blob, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys
from shared.entities.ground import Expiring


class AuditBlock(Item):
    """Some links of a school's hash chain, as they were appended at once. The newest block is the chain's head."""

    keys = Keys(TENANT + "#CHAIN", "{number}", purpose="the hash chain over a school's journal, block by block")

    number = Text()  # twelve digits, from 1: putting the next one is what makes an append happen once
    made_at = Whole()  # epoch milliseconds of the machine, as the entries' ids have them
    linked = Whole()  # links of the chain up to and with this block
    links = Blob()  # 48 bytes each: the entry's id, the entry's hash
    before = Blob()  # the head that the first link goes on from
    head = Blob()


class AuditDay(Item):
    """A finished day (UTC) of a school's journal: counted, archived and sealed with the chain's head of that moment."""

    keys = Keys(TENANT + "#AUDIT_DAY", "{day}", purpose="counts and seals of the journal's finished days")

    day = Text()
    entries = Whole()
    digest = Text()  # over the day's entry hashes in the order of their ids, whatever order they were linked in
    block = Whole()  # the chain's last block when the day was sealed
    head = Text()
    linked = Whole()
    file = Text(null=True)  # the archive's object; none where the day had no entry
    size = Whole(default=0)
    sealed_at = Text()


class AuditCheck(Item):
    """How far the nightly check of a school's journal has come, and what it found."""

    keys = Keys(TENANT + "#AUDIT_CHECK", "NIGHTLY", purpose="what the nightly check of the journal found")

    next_day = Text(null=True)  # the day with which the next night goes on
    whole_at = Text(null=True)  # when the whole log was last gone through
    result = Plain()


class StudentView(Expiring):
    """That a user looked at a student's record on a day, how often, and when first and last."""

    keys = Keys(TENANT + "#VIEW#{student_id}", "{day}#{user_id}", purpose="who looked at a student's record, by day")

    student_id = Text()
    day = Text()  # the school's date
    user_id = Text()
    role = Text()
    looks = Whole(default=0)
    first_at = Text()
    last_at = Text()
