"""Who is of one family, and in which order its children came."""

from functions.fees.families import child_ranks


def child(name, admitted="2026-04-01", phone=None, email=None, status="ACTIVE"):
    return {"id": name, "status": status, "admissionDate": admitted, "parentPhone": phone, "parentEmail": email}


def test_children_of_one_phone_or_one_address_in_any_case_are_a_family_also_by_way_of_a_third():
    ranks = child_ranks(
        [
            child("a", "2026-04-03", phone="+911"),
            child("b", "2026-04-02", phone="+911", email="Mother@home.example"),
            child("c", "2026-04-01", email="mother@HOME.example"),
            child("d"),
            child("e", phone="+912"),
        ]
    )
    assert ranks == {"c": 1, "b": 2, "a": 3, "d": 1, "e": 1}


def test_a_child_who_has_left_is_none_of_the_familys_children_at_the_school():
    ranks = child_ranks([child("a", phone="+911", status="GRADUATED"), child("b", phone="+911"), child("c", phone="+911")])
    assert ranks == {"b": 1, "c": 2}


def test_children_without_any_contact_are_no_family():
    assert child_ranks([child("a"), child("b", email="")]) == {"a": 1, "b": 1}
