"""Reactions to the journal: the section of a student is its class's; the snapshot of the list stays near the present."""

from functions.students import section_follower
from shared.consumer import Entry, consumer
from shared.list_refresh import refresher
from shared.lists import STUDENTS


def follow_section(entry: Entry) -> None:
    """Let the students of a class follow its section."""
    section_follower.follow_section(entry)


sections = consumer(follow_section)
lists = consumer(refresher(STUDENTS))
