"""Every stored kind says how personal data sits in it; a new kind fails here by its name until it does."""

import importlib
import pkgutil
import re

import pytest

import shared.entities
from shared import personal_kinds
from shared.data import snapshots
from shared.data.item import Item, Record
from shared.names import camel
from shared.personal import Fate, Person, Subject

for _module in pkgutil.iter_modules(shared.entities.__path__):
    importlib.import_module(f"shared.entities.{_module.name}")
assert snapshots.Snapshot

# What an attribute of somebody is called; ids of users who did something are pseudonyms and told by IMPERSONAL's reasons.
_OF_SOMEBODY = re.compile(
    r"(^|_)(email|phone|payer|birth|person|people|student_id|user_id|guardian|parent|holder)(_|$)|^(first|last)_name$"
)
_SECRET = re.compile(r"secret|token|hash|pass|body|^content$|^facts$|seal")


def kinds(base=Item):
    for kind in base.__subclasses__():
        if "keys" in vars(kind) and kind.__module__.startswith("shared."):
            yield kind
        yield from kinds(kind)


KINDS = sorted(set(kinds()), key=lambda k: k.__name__)
HELD = {h.kind.__name__ for h in personal_kinds.HOLDINGS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_every_kind_is_declared_once(kind):
    name = kind.__name__
    declared = (name in HELD) + (name in personal_kinds.IMPERSONAL)
    assert declared == 1, f"{name}: say in shared/personal_kinds.py how personal data sits in it, or why none does"


@pytest.mark.parametrize("kind", [k for k in KINDS if k.__name__ not in HELD], ids=lambda k: k.__name__)
def test_a_kind_that_names_somebody_gives_its_reason_why_nothing_is_erased_in_it(kind):
    named = [n for n in kind.get_attributes() if _OF_SOMEBODY.search(n)]
    reason = personal_kinds.IMPERSONAL[kind.__name__]
    if named:
        assert len(reason) > 20 or reason in (personal_kinds._IDS, personal_kinds._SCHOOL), (kind.__name__, named, reason)


def test_nothing_is_declared_that_does_not_exist():
    names = {k.__name__ for k in KINDS}
    assert names >= HELD
    assert names >= personal_kinds.IMPERSONAL.keys()


@pytest.mark.parametrize("holding", personal_kinds.HOLDINGS, ids=lambda h: f"{h.kind.__name__} of {h.subject}")
def test_what_stays_says_why_and_until_when_and_what_is_cleared_says_how(holding):
    assert (holding.fate == Fate.REMOVED) or (holding.why and holding.until)
    assert (holding.clear is not None) == (holding.fate == Fate.CLEARED)
    names = {camel(n) for n in holding.kind.get_attributes()}
    assert set(holding.personal) | set(holding.hidden) <= names


def _filled(kind):
    """Plain attributes of an item in which every field stands."""
    samples = {
        "S": "2012-02-29",
        "N": 1,
        "BOOL": True,
        "M": {"a": 1, "ip": "192.0.2.1", "userId": "u"},
        "L": [{"reason": "x", "note": "y"}],
        "B": b"",
    }
    return {camel(n): samples[a.attr_type] for n, a in kind.get_attributes().items() if n not in ("pk", "sk", "gsi1pk", "gsi1sk", "type")}


_APART = {"Register", "NoticeChunk"}  # these are about others as well: what is cleared in them is proven over the API


@pytest.mark.parametrize(
    "holding",
    [h for h in personal_kinds.HOLDINGS if h.clear and h.kind.__name__ not in _APART],
    ids=lambda h: f"{h.kind.__name__} of {h.subject}",
)
def test_clearing_takes_out_every_field_that_is_called_personal_and_doing_it_again_finds_nothing(holding):
    person, plain = Person("s", Subject(holding.subject), "u", {}), _filled(holding.kind)
    before = {name: plain[name] for name in holding.personal}
    changes = holding.clear(plain, person)
    after = {**plain, **{camel(n): v for n, v in changes.items()}}
    assert {n for n in holding.personal if after[n] == before[n]} == set()
    assert holding.clear(after, person) == {}
    for name, value in changes.items():
        if value is None:
            assert holding.kind.get_attributes()[name].null, f"{holding.kind.__name__}.{name} cannot be left out"


@pytest.mark.parametrize("kind", [k for k in KINDS if issubclass(k, Record)], ids=lambda k: k.__name__)
def test_g11_secrets_and_message_bodies_of_records_never_reach_the_journal(kind):
    told = {n for n in kind.get_attributes() if _SECRET.search(n) and n not in ("content_type", "must_change_password")} - kind.unjournalled
    allowed = {"NoticeTemplate": {"body"}, "Message": {"facts"}}  # a template is the school's own text; a message is made without a note
    assert told <= allowed.get(kind.__name__, set()), (kind.__name__, told)
