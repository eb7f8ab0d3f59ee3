"""The arithmetic of the chain: what changes an entry's hash, and what does not."""

import itertools

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import audit_chain
from shared.ids import new_id

ENTRY = {
    "id": new_id(), "schoolId": "s", "kind": "Student", "at": "2026-11-24T00:00:00.000Z", "action": "UPDATE_STUDENT", "module": "STUDENTS",
    "entityId": "a", "userId": "u", "role": "SCHOOL_ADMIN", "requestId": "r", "ipAddress": "192.0.2.1", "userAgent": "pytest",
    "status": "SUCCESS", "expiresAt": 99, "salt": audit_chain.new_salt(),
    "changes": orjson.dumps([
        {"id": "a", "action": "UPDATE_STUDENT", "fields": {"firstName": ["Asha", "Aisha"]}},
        {"id": "b", "action": "UPDATE_STUDENT", "fields": {"phone": ["+911", "+912"]}},
    ]).decode(),
}  # fmt: skip


def OF_A(change, name, value):  # noqa: N802 - stands for a value
    return change["id"] == "a"


def EVERYTHING(change, name, value):  # noqa: N802 - stands for a value
    return True


@pytest.mark.parametrize("name", [n for n in ENTRY if n != "salt"])
def test_g11_any_change_of_an_entry_gives_another_hash(name):
    other = {**ENTRY, name: 100 if name == "expiresAt" else "[]" if name == "changes" else ENTRY[name] + "x"}
    assert audit_chain.entry_hash(other) != audit_chain.entry_hash(ENTRY)
    assert audit_chain.entry_hash({k: v for k, v in ENTRY.items() if k != name}) != audit_chain.entry_hash(ENTRY)


def test_an_erasure_keeps_the_hash_and_takes_the_values_and_their_salt_away():
    made = audit_chain.redact(ENTRY, OF_A, origin=True, by="request-1")
    assert audit_chain.entry_hash(made) == audit_chain.entry_hash(ENTRY)
    text = orjson.dumps(made).decode()
    for gone in ("Asha", "Aisha", "192.0.2.1", "pytest", ENTRY["salt"]):
        assert gone not in text
    assert "+911" in text
    assert audit_chain.erasures(made) == ["request-1"]


def test_what_was_erased_cannot_be_found_by_trying_values():
    """The salts that are left open no other part: with them, the right value gives not the commitment that is kept."""
    made = audit_chain.redact(ENTRY, OF_A, origin=False, by="request-1")
    told = orjson.loads(made["redacted"])
    part, right = "0/firstName", ["Asha", "Aisha"]
    own = audit_chain._part_salt(ENTRY["salt"], part)
    assert audit_chain.commitments(ENTRY)[1] == told["commitments"][part] == audit_chain._commitment(own, part, right)
    for salt in [*told["salts"].values(), "", ENTRY["requestId"]]:
        assert audit_chain._commitment(salt, part, right) != told["commitments"][part]


def test_two_erasures_one_after_the_other_keep_the_hash_and_a_third_has_nothing_to_do():
    first = audit_chain.redact(ENTRY, OF_A, origin=False, by="one")
    second = audit_chain.redact(first, EVERYTHING, origin=True, by="two")
    assert audit_chain.entry_hash(second) == audit_chain.entry_hash(ENTRY)
    assert audit_chain.erasures(second) == ["one", "two"]
    assert audit_chain.redact(second, EVERYTHING, origin=True, by="three") is None


@pytest.mark.parametrize(
    "stub",
    [
        {"fields": {"firstName": ["x", "y"]}},
        {"fields": {}},
        {"fields": {"lastName": None}},
        {"id": "b"},
        {"action": "DELETE_STUDENT"},
        {"more": 1},
    ],
)
def test_g11_another_value_in_the_place_of_an_erased_one_gives_another_hash(stub):
    made = audit_chain.redact(ENTRY, OF_A, origin=True, by="one")
    changes = orjson.loads(made["changes"])
    assert changes[0]["fields"] == {"firstName": None}
    forged = {**made, "changes": orjson.dumps([{**changes[0], **stub}, changes[1]]).decode()}
    assert audit_chain.entry_hash(forged) != audit_chain.entry_hash(ENTRY)
    assert audit_chain.entry_hash({**made, "ipAddress": "198.51.100.7"}) != audit_chain.entry_hash(ENTRY)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_links_come_out_of_a_block_as_they_went_in(hashes):
    links = [(new_id(), h) for h in hashes]
    assert audit_chain.unpack(audit_chain.pack(links)) == links


def test_the_head_depends_on_the_order_and_a_days_digest_does_not():
    links = [(new_id(), bytes([n]) * 32) for n in range(4)]
    heads = {audit_chain.head_after(audit_chain.genesis("s"), some) for some in itertools.permutations(links)}
    assert len(heads) == 24
    assert len({audit_chain.day_digest(some) for some in itertools.permutations(links)}) == 1
