"""A notice from its draft to each person, once."""

from tests.api.notifications.conftest import *  # noqa: F403 - fixtures and helpers of this folder
from tests.support.notices import post  # noqa: F401 - a fixture


def test_n1_each_person_gets_it_once_also_with_three_children_and_every_event_three_times(town, post):
    town.class_("A")
    town.class_("B")
    children = [town.student("A"), town.student("A"), town.student("B")]
    parent = town.parent(*children, phone="+919800000001")
    told = town.sent(post, times=3, audience=["PARENT", "ALL"], channels=["IN_APP", "EMAIL", "SMS"])
    assert told["status"] == "SENT"
    assert [m["to"] for m in post.mails if m["to"] == parent.email] == [parent.email]
    assert [t["to"] for t in post.texts] == ["+919800000001"]
    inbox = parent.client.get("/api/notifications")
    assert [(r["title"], r["content"], r["readAt"]) for r in inbox.data] == [("Closed on Friday", "Because of the storm.", None)]
    assert told["counts"]["channels"]["EMAIL"] == {"sent": 2, "delivered": 0, "failed": 0, "read": 0}
