"""The wire of the audit log."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.schema import Bool, Date, Id, In, Int, Line, ListQuery, Out, Query

CSV = "text/csv"
DEFAULT_DAYS = 7
MOST_DAYS = 31


def _moment(text: str) -> str:
    try:
        if len(text) == 10:  # the length of YYYY-MM-DD
            date.fromisoformat(text)
            return text
        made = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a time such as 2026-11-24T08:30:00Z, or a date") from error
    if made.tzinfo is None:
        raise ValueError("must say its offset from UTC, as in 2026-11-24T08:30:00Z")
    if not 1970 < made.year < 9000:
        raise ValueError("is out of range")
    return text


Moment = Annotated[str, StringConstraints(min_length=10, max_length=40), AfterValidator(_moment)]
Word = Annotated[Line, Field(max_length=100)]


class Status(StrEnum):
    """How it ended."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class Source(StrEnum):
    """Who says so: the server, of what it did itself; or a client, of what it says that it saw."""

    SERVER = "SERVER"
    CLIENT = "CLIENT"


class Period(Query):
    """From when to when. A date means the whole day in the school's time zone."""

    since: Annotated[Moment | None, Field(alias="from", description="From this time or date on; default: 7 days before `to`")] = None
    until: Annotated[
        Moment | None, Field(alias="to", description="Until this time or date, at most 31 days after `from`; default: now")
    ] = None


class Filters(Period):
    """What an entry must match."""

    user_id: Annotated[Id | None, Field(description="Who did it")] = None
    module: Annotated[Word | None, Field(description="The module that wrote it, such as STUDENTS")] = None
    action: Annotated[Word | None, Field(description="What was done, such as UPDATE_STUDENT")] = None
    entity_type: Annotated[Word | None, Field(description="The kind of record, such as Student")] = None
    entity_id: Annotated[Line | None, Field(description="The record; batches that name it among others are found too")] = None
    status: Status | None = None
    source: Source | None = None


class OwnFilters(ListQuery, Period):
    """A page of what one user did."""

    action: Annotated[Word | None, Field(description="What was done, such as UPDATE_STUDENT")] = None
    module: Annotated[Word | None, Field(description="The module that wrote it, such as STUDENTS")] = None
    status: Status | None = None


class LogList(ListQuery, Filters):
    """A page of the audit log.

    A page lies within `from` and `to`, by default the last 7 days and at most 31: `totalRecords` counts the entries of that time that
    match, exactly. Finished days without a filter are counted from their seals and not read, so that any page of a large log is cheap.
    """


class LogExport(Filters):
    """Which entries are exported."""


class ChangeOut(Out):
    """What changed of one record."""

    entity_id: str | None
    action: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    redacted: Annotated[list[str], Field(description="Fields whose values were erased by right; that they changed stays proven")]


class LogOut(Out):
    """An entry of the audit log."""

    id: str
    school_id: str
    user_id: str | None
    user_name: Annotated[str | None, Field(description="The actor's name as it is today")]
    role: str | None
    action: str
    module: str
    entity_type: str
    entity_id: str | None
    entity_ids: Annotated[list[str], Field(description="All records of the entry; a batch has several")]
    changes: list[ChangeOut] | None
    ip_address: str | None
    user_agent: str | None
    status: Status
    error_message: str | None
    request_id: str | None
    source: Source
    redacted: Annotated[bool, Field(description="Something of the entry was erased by right")]
    timestamp: str


class ClientEventIn(In):
    """What a client reports. Never a password, a token or what a message says."""

    action: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", max_length=40),
        Field(description="What happened, in capitals", examples=["PRINT_RECEIPT"]),
    ]
    message: Annotated[Line | None, Field(max_length=200, examples=["Printed on the office printer"])] = None
    entity_type: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z]{1,40}$"), Field(examples=["Receipt"])] = None
    entity_reference: Annotated[Line | None, Field(max_length=80, description="What the client says it is about")] = None
    details: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,39}$")], Line | Int | Bool | None],
        Field(max_length=20, description="Up to 20 facts; names that speak of secrets lose their value", examples=[{"copies": 2}]),
    ] = Field(default_factory=dict)


class ClientEventOut(Out):
    """A client's event as it was taken."""

    id: str
    action: str
    source: Source = Source.CLIENT


class ViewList(ListQuery):
    """Between which of the school's dates."""

    since: Annotated[Date | None, Field(alias="from", description="From this date on; default: 30 days before `to`")] = None
    until: Annotated[Date | None, Field(alias="to", description="Until this date, at most 366 days after `from`; default: today")] = None


class ViewOut(Out):
    """That somebody looked at a student's record on a day."""

    student_id: str
    user_id: str
    user_name: str | None
    role: str
    day: str
    looks: Annotated[int, Field(description="How often; looks within the same minute count once")]
    first_at: str
    last_at: str


class Broken(Out):
    """Where the log is first found to be not what was linked."""

    code: Annotated[str, Field(description="CHANGED, MISSING, INSERTED, CHAIN_BROKEN, SEAL_BROKEN or ARCHIVE_BROKEN")]
    message: str
    entry_id: str | None = None
    block: int | None = None
    day: str | None = None


class Head(Out):
    """The head of the chain: whoever has noted it can tell later that nothing before it was changed."""

    block: int
    links: int
    hash: str


class VerifyOut(Out):
    """What a check found."""

    status: Annotated[str, Field(description="OK or BROKEN")]
    since: Annotated[str, Field(serialization_alias="from")]
    until: Annotated[str, Field(serialization_alias="to", description="How far the check came")]
    complete: Annotated[bool, Field(description="Whether it came to the end; else go on with `from` at this `to`")]
    entries: Annotated[int, Field(description="Entries found as they were linked, archived ones included")]
    archived: Annotated[int, Field(description="Of these, those that have expired and were checked in the archive")]
    redacted: Annotated[int, Field(description="Of these, those of which something was erased by right")]
    pending: Annotated[int, Field(description="Entries of the last minutes that the chain has not reached yet")]
    head: Head
    sealed: Annotated[str | None, Field(description="The last finished day whose published head was found in the chain")]
    broken: Broken | None
    nightly: Annotated[
        dict[str, Any] | None, Field(description="What the check of last night found, which goes through the whole log by turns")
    ]


class StoredFile(Out):
    """A file in storage."""

    url: Annotated[str, Field(description="Signed, good until `expiresAt`")]
    filename: str
    expires_at: str
    head: Head
