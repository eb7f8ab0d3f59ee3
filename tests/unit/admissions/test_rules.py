"""The states of an applicant."""

import pytest

from functions.admissions import rules, schemas
from shared.entities.admissions import PENDING


def test_every_state_of_the_wire_has_its_followers_and_none_leads_out_of_the_register():
    states = {str(state) for state in schemas.Status}
    assert set(rules.FOLLOWING) == states
    assert set().union(*rules.FOLLOWING.values()) <= states
    assert states - {rules.ENROLLED, *rules.WITH_REASON} == PENDING


def test_every_state_can_be_reached_from_an_enquiry_and_only_who_is_enrolled_stays():
    reached, new = {"ENQUIRY"}, {"ENQUIRY"}
    while new:
        new = set().union(*(rules.FOLLOWING[state] for state in new)) - reached
        reached |= new
    assert reached == set(rules.FOLLOWING)
    assert [state for state, following in rules.FOLLOWING.items() if not following] == [rules.ENROLLED]


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("ENQUIRY", "ENROLLED", False),
        ("APPLIED", "ENROLLED", False),
        ("OFFERED", "ENROLLED", True),
        ("DECLINED", "ENROLLED", False),
        ("ENROLLED", "APPLIED", False),
        ("DECLINED", "DECLINED", True),
    ],
)
def test_a_place_comes_after_an_offer_alone(before, after, may):
    assert rules.may_become(before, after) is may


def test_what_may_follow_is_told_in_words():
    assert rules.told("ENQUIRY") == "APPLIED, DECLINED, WITHDRAWN"
    assert rules.told("ENROLLED") == "nothing else"
