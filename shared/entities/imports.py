"""Imports of files: what was asked for, how far it has come, what was found, and how a school's columns are called."""

from shared.data.attributes import Blob, Plain, Text, Whole
from shared.data.item import TENANT, Keys, Record
from shared.entities.ground import Expiring


class Import(Record):
    """One import of students. Its checkpoint moves in the transaction of the batch that it counts."""

    keys = Keys(TENANT + "#IMPORT", "{id}", purpose="one import with its progress; all imports of a school")

    filename = Text(null=True)
    content_type = Text(null=True)
    size = Whole(null=True)
    state = Text()
    options = Plain()  # {mode, mapping, dateOrder, classYear, defaults, overCapacity, dryRun}
    actor = Plain()  # {userId, role, requestId, ipAddress, userAgent}: who is written into the journal
    total = Whole(default=0)  # rows of the file
    planned = Whole(default=0)  # rows to write, once the whole file is checked
    position = Whole(default=0)  # rows of the plan that are written
    created = Whole(default=0)
    updated = Whole(default=0)
    unchanged = Whole(default=0)
    failed = Whole(default=0)
    removed = Whole(default=0)
    stopped_by = Text(null=True)
    lease_owner = Text(null=True)
    lease_until = Whole(null=True)  # epoch milliseconds
    started_at = Text(null=True)
    finished_at = Text(null=True)
    expires_at = Whole(attr_name="expiresAt", null=True)


class ImportFindings(Expiring):
    """What the check of an import found, compressed, apart from the import: its checkpoint stays small."""

    keys = Keys(TENANT + "#IMPORT_FINDINGS", "{import_id}", purpose="the bad cells and the mapping of an import")

    import_id = Text()
    content = Blob()


class ImportMapping(Record):
    """How the columns of a school's files are called: header (folded) → field, and how dates are written."""

    keys = Keys(TENANT + "#IMPORT_MAPPING", "{id}", purpose="the school's own names of columns")

    columns = Plain()
    date_order = Text(null=True)
