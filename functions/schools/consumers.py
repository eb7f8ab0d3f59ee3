"""Reactions to the journal: the snapshot of the platform's list of schools stays near the present."""

from shared.consumer import consumer
from shared.list_refresh import refresher
from shared.lists import SCHOOLS

lists = consumer(refresher(SCHOOLS))
