"""Reactions to the journal: the snapshots of long lists of users stay near the present."""

from shared.consumer import consumer
from shared.list_refresh import refresher
from shared.lists import USERS

lists = consumer(refresher(USERS))
