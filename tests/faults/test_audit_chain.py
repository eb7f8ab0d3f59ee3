"""Rule G11: the audit log shows by its chain that it was not tampered with, however its entries are delivered."""

import random
import threading
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from functions.logs import archiving, consumers, linking, nightly, verifying
from functions.logs.repository import Log
from functions.logs.window import Window
from shared import audit_archive as archive
from shared.audit_archive import entry_of
from shared.audit_chain import day_digest, entry_hash, redact, unpack
from shared.data import reader
from shared.data.connection import client
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.audit import AuditBlock, AuditDay
from shared.entities.privacy import PrivacyRequest
from shared.gateways import files
from shared.ids import new_id
from shared.settings import settings
from tests.api.logs import conftest as ground
from tests.support.journal import entries, stream_event
from tests.support.world import make_school

days_ago, deliver, made_on, school = ground.days_ago, ground.deliver, ground.made_on, ground.school


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch):
    monkeypatch.setattr(verifying, "GRACE_MS", -1000)


def note(school, count, kind="Test"):
    for number in range(count):
        unit = UnitOfWork(school.id, Actor("someone", "SCHOOL_ADMIN", "request", "192.0.2.1", "pytest"), "tests")
        unit.note("TEST", kind, f"record-{number}", {"name": [None, f"Asha {number}"]})
        unit.commit()


def now() -> Window:
    return Window(datetime.now(UTC) - timedelta(days=31), datetime.now(UTC) + timedelta(minutes=1))


def checked(school, window=None):
    return verifying.verify(school.id, window or now())


def code(school):
    broken = checked(school).broken
    return broken and broken.told["code"]


def links(school_id):
    return [pair for raw in linking.blocks(school_id) for pair in unpack(reader.blob(raw, "links"))]


def put(raw):
    client("dynamodb").put_item(TableName=settings().table, Item=raw)


def raw_of(entry):
    return reader.get((entry.pk, entry.sk), consistent=True)


def block(school_id, number):
    return reader.get(AuditBlock.key_of(school_id=school_id, number=linking.number_text(number)), consistent=True)


@pytest.fixture
def linked(school, deliver):
    """A school whose entries were linked in several blocks."""
    for _ in range(4):
        note(school, 3)
        assert deliver() == {"batchItemFailures": []}
    report = checked(school)
    assert report.broken is None
    assert report.entries == len(entries(school.id)) >= 13
    return school


def test_g11_an_untouched_log_is_ok_with_its_head_and_its_count(linked):
    report = checked(linked)
    assert (report.broken, report.pending, report.complete) == (None, 0, True)
    number, count, head = report.head
    assert count == report.entries
    assert head == reader.blob(block(linked.id, number), "head").hex()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("action", "SOMETHING_ELSE"),
        ("userId", "somebody-else"),
        ("status", "FAILED"),
        ("changes", '[{"id":"record-0","action":"TEST","fields":{"name":[null,"Somebody else"]}}]'),
        ("ipAddress", "198.51.100.7"),
        ("at", "2020-01-01T00:00:00.000Z"),
        ("entityId", "record-9"),
    ],
)
def test_g11_a_changed_entry_is_found(linked, name, value):
    entry = entries(linked.id, "Test")[5]
    raw = raw_of(entry)
    put({**raw, name: {"S": value}})
    broken = checked(linked).broken
    assert (broken.told["code"], broken.told["entry_id"]) == ("CHANGED", entry.id)
    put(raw)
    assert code(linked) is None


def test_g11_an_entry_that_is_to_expire_early_is_found(linked):
    raw = raw_of(entries(linked.id, "Test")[5])
    put({**raw, "expiresAt": {"N": "1"}})
    assert code(linked) == "CHANGED"


def test_g11_an_entry_that_was_taken_away_is_found(linked):
    entry = entries(linked.id, "Test")[7]
    client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": entry.pk}, "sk": {"S": entry.sk}})
    broken = checked(linked).broken
    assert (broken.told["code"], broken.told["entry_id"]) == ("MISSING", entry.id)


@pytest.mark.parametrize("which", [0, -1])
def test_g11_the_first_and_the_last_entry_are_missed_too(linked, which):
    entry = entries(linked.id)[which]
    client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": entry.pk}, "sk": {"S": entry.sk}})
    assert code(linked) == "MISSING"


def test_g11_an_entry_that_was_put_in_by_the_back_door_is_found(linked):
    raw = raw_of(entries(linked.id, "Test")[5])
    forged = new_id()
    put({**raw, "id": {"S": forged}, "sk": {"S": forged}, "gsi1sk": {"S": forged}})
    broken = checked(linked).broken
    assert (broken.told["code"], broken.told["entry_id"]) == ("INSERTED", forged)


def test_g11_an_entry_hidden_from_the_index_is_found(linked):
    raw = raw_of(entries(linked.id, "Test")[5])
    put({name: value for name, value in raw.items() if not name.startswith("gsi1")})
    assert code(linked) == "MISSING"


def test_g11_an_entry_that_was_moved_out_of_its_kinds_history_is_found(linked):
    raw = raw_of(entries(linked.id, "Test")[5])
    client("dynamodb").delete_item(TableName=settings().table, Key={"pk": raw["pk"], "sk": raw["sk"]})
    put({**raw, "pk": {"S": raw["pk"]["S"].replace("#Test", "#Elsewhere")}})
    assert code(linked) == "CHANGED"


def test_g11_two_entries_whose_contents_were_exchanged_are_found(linked):
    first, second = (raw_of(e) for e in entries(linked.id, "Test")[3:5])
    for one, other in ((first, second), (second, first)):
        put({**other, **{name: one[name] for name in ("sk", "gsi1sk", "id")}})
    assert code(linked) == "CHANGED"


@pytest.mark.parametrize("what", ["reordered", "left out", "another hash", "doubled"])
def test_g11_links_that_were_tampered_with_are_found(linked, what):
    raw = block(linked.id, 2)
    packed = reader.blob(raw, "links")
    one, two, rest = packed[:48], packed[48:96], packed[96:]
    forged = {
        "reordered": two + one + rest,
        "left out": two + rest,
        "another hash": one[:16] + two[16:] + two + rest,
        "doubled": one + one + rest,
    }
    put({**raw, "links": {"B": forged[what]}, "before": {"B": reader.blob(raw, "before")}, "head": {"B": reader.blob(raw, "head")}})
    assert code(linked) == "CHAIN_BROKEN"


@pytest.mark.parametrize("number", [1, 2])
def test_g11_a_block_that_was_taken_away_is_found(linked, number):
    key = AuditBlock.key_of(school_id=linked.id, number=linking.number_text(number))
    client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})
    assert code(linked) == "CHAIN_BROKEN"


def test_g11_the_last_block_and_its_entries_taken_away_leave_a_gap_to_the_sealed_head(school, deliver, made_on, days_ago):
    made_on(days_ago(1))
    note(school, 3)
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    last = max(int(raw["number"]["S"]) for raw in linking.blocks(school.id))
    gone = {i for i, _ in unpack(reader.blob(block(school.id, last), "links"))}
    for entry in entries(school.id):
        if entry.id in gone:
            client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": entry.pk}, "sk": {"S": entry.sk}})
    key = AuditBlock.key_of(school_id=school.id, number=linking.number_text(last))
    client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})
    assert code(school) == "SEAL_BROKEN"


def _rewrite(school):
    """What somebody does who can write the table: change an entry, and make the whole chain anew."""
    raw = raw_of(entries(school.id, "Test")[0])
    put({**raw, "action": {"S": "SOMETHING_ELSE"}})
    for found in list(linking.blocks(school.id)):
        client("dynamodb").delete_item(TableName=settings().table, Key={"pk": found["pk"], "sk": found["sk"]})
    linking.forget()
    linking.link(school.id, {e["id"]: entry_hash(e) for e in (entry_of(r) for r in Log(school.id).between("", ""))})


def test_g11_a_chain_that_was_made_anew_is_found_out_by_the_head_that_was_published(school, deliver, made_on, days_ago):
    made_on(days_ago(1))
    note(school, 3)
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    assert code(school) is None
    _rewrite(school)
    assert code(school) == "SEAL_BROKEN"
    number, count, head = archiving.head_now(school.id)
    seal = Log(school.id).last_sealed()
    seal.block, seal.linked, seal.head = number, count, head
    put(seal.place().serialize())
    broken = checked(school).broken  # the seal in the table was forged as well: storage has the true one
    assert (broken.told["code"], broken.told["day"]) == ("SEAL_BROKEN", seal.day)


def test_entries_of_the_last_moments_wait_for_their_link(school, deliver, monkeypatch):
    deliver()
    note(school, 2)
    assert code(school) == "INSERTED"
    monkeypatch.setattr(verifying, "GRACE_MS", 120_000)
    report = checked(school)
    assert (report.broken, report.pending) == (None, 2)


@pytest.mark.parametrize("seed", range(3))
def test_three_deliveries_out_of_order_link_each_entry_once(school, seed):
    """The same as one delivery in order: the same links, the same digest, and a log that is OK."""
    note(school, 20)
    note(school, 10, kind="Other")
    all_entries = entries(school.id)
    thrice = all_entries * 3
    random.Random(seed).shuffle(thrice)
    while thrice:
        size = random.Random(len(thrice)).randint(1, 9)
        if size % 3 == 0:
            linking.forget()  # another container
        assert consumers.chain(stream_event(*thrice[:size]), None) == {"batchItemFailures": []}
        thrice = thrice[size:]
    in_order = [(e["id"], entry_hash(e)) for e in (entry_of(r) for r in Log(school.id).between("", ""))]
    assert sorted(links(school.id)) == in_order
    assert day_digest(links(school.id)) == day_digest(in_order)
    assert code(school) is None


def test_a_consumer_killed_before_or_after_its_write_is_made_up_for_by_the_next_delivery(school, monkeypatch):
    note(school, 6)
    found = entries(school.id)
    put_if = linking.derived.put_if

    def die_before(*_):
        raise KeyboardInterrupt

    def die_after(item, condition):
        put_if(item, condition)
        raise KeyboardInterrupt

    for dying in (die_before, die_after):
        monkeypatch.setattr(linking.derived, "put_if", dying)
        with pytest.raises(KeyboardInterrupt):
            consumers.chain(stream_event(*found), None)
        linking.forget()
    monkeypatch.setattr(linking.derived, "put_if", put_if)
    consumers.chain(stream_event(*found), None)
    assert sorted(i for i, _ in links(school.id)) == [e.id for e in found]
    assert code(school) is None


def test_consumers_at_once_append_one_after_the_other(school, monkeypatch):
    """Four shards of the stream: each container has its own memory of the chain's end."""
    note(school, 40)
    found = entries(school.id)
    tails = threading.local()

    class OwnTails(dict):
        def move_to_end(self, key):
            pass

    def own():
        tails.mine = getattr(tails, "mine", None) or OwnTails()
        return tails.mine

    class Proxy:
        def get(self, key):
            return own().get(key)

        def __setitem__(self, key, value):
            own()[key] = value

        def move_to_end(self, key):
            pass

        def __len__(self):
            return 1

        def clear(self):
            pass

    monkeypatch.setattr(linking, "_tails", Proxy())
    failed = []

    def work(number):
        mine = found[number::3] + found[(number + 1) % 4 :: 4]
        for start in range(0, len(mine), 3):
            failed.extend(consumers.chain(stream_event(*mine[start : start + 3]), None)["batchItemFailures"])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(i for i, _ in links(school.id)) == [e.id for e in found]
    assert code(school) is None


def test_a_poisoned_record_comes_back_alone(school):
    note(school, 2)
    event = stream_event(*entries(school.id))
    del event["Records"][1]["dynamodb"]["NewImage"]["id"]
    place = event["Records"][1]["dynamodb"]["SequenceNumber"]
    assert consumers.chain(event, None) == {"batchItemFailures": [{"itemIdentifier": place}]}
    assert len(links(school.id)) == len(event["Records"]) - 1


def test_two_schools_of_one_batch_have_chains_of_their_own(school):
    other = make_school()
    note(school, 2)
    note(other, 3)
    mixed = [e for pair in zip(entries(school.id)[:3], entries(other.id)[:3], strict=True) for e in pair]
    consumers.chain(stream_event(*mixed), None)
    assert {i for i, _ in links(school.id)} == {e.id for e in mixed if e.school_id == school.id}
    assert {i for i, _ in links(other.id)} == {e.id for e in mixed if e.school_id == other.id}


def test_an_entry_costs_at_most_one_write_unit_and_a_full_batch_far_less(school):
    note(school, 120)
    found = entries(school.id)
    units = []

    def ask(params, **_):
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed, **_):
        units.append(parsed["ConsumedCapacity"]["CapacityUnits"])

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.PutItem", ask, unique_id="ask")
    events.register("after-call.dynamodb.PutItem", count, unique_id="count")
    try:
        consumers.chain(stream_event(found[0]), None)
        consumers.chain(stream_event(*found[1:101]), None)
    finally:
        events.unregister("provide-client-params.dynamodb.PutItem", ask, unique_id="ask")
        events.unregister("after-call.dynamodb.PutItem", count, unique_id="count")
    assert units[0] == 1.0
    assert units[1] / 100 <= 0.1


def _expire(school):
    for entry in entries(school.id):
        client("dynamodb").delete_item(TableName=settings().table, Key={"pk": {"S": entry.pk}, "sk": {"S": entry.sk}})


def test_g11_expired_entries_are_checked_in_the_archive(school, deliver, made_on, days_ago, monkeypatch):
    made_on(days_ago(2))
    note(school, 5)
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    _expire(school)
    assert code(school) == "MISSING"  # they were to stay for a year
    later = int(datetime.now(UTC).timestamp()) + 400 * 86_400
    monkeypatch.setattr("shared.clock.epoch", lambda: later)
    day = days_ago(2).date()
    window = Window(
        datetime(day.year, day.month, day.day, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    )
    report = checked(school, window)
    assert (report.broken, report.entries, report.archived) == (None, 5, 5)
    key = archive.file_of(school.id, day.isoformat())
    found = list(archive.entries(school.id, day.isoformat()))
    found[2]["action"] = "SOMETHING_ELSE"
    files.put(key, archive.pack(found).content(), "application/gzip")
    broken = checked(school, window).broken
    assert (broken.told["code"], broken.told["entry_id"]) == ("CHANGED", found[2]["id"])


def test_an_erasure_keeps_the_chain_whole_and_one_that_nobody_asked_for_is_found(linked):
    raw = raw_of(entries(linked.id, "Test")[4])
    unit = UnitOfWork(linked.id, Actor(), "tests")
    request = PrivacyRequest(school_id=linked.id, id=new_id(), kind="ERASE", subject="STUDENT", subject_id="x", actor={})
    unit.create(request, journal=False)
    unit.commit()
    for by, expected in ((request.id, None), (new_id(), "CHANGED")):
        made = redact(entry_of(raw), lambda *_: True, origin=True, by=by)
        kept = {n: raw[n] for n in ("pk", "sk", "gsi1pk", "gsi1sk", "type")}
        told = {n: {"N": str(v)} if isinstance(v, int) else {"S": v} for n, v in made.items()}
        put({**kept, **told})
        assert "Asha" not in orjson.dumps(raw_of(entries(linked.id, "Test")[4])).decode()
        report = checked(linked)
        assert (report.broken and report.broken.told["code"]) == expected
    assert checked(linked).redacted <= 1


def test_g11_the_night_finds_what_is_broken_and_fails_so_that_somebody_is_woken(school, deliver, made_on, days_ago):
    made_on(days_ago(2))
    note(school, 3)
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    told = nightly.verify_nightly(school.id)
    assert (told["status"], told["entries"], told["days"]) == ("OK", 3, 2)
    entry = entries(school.id, "Test")[0]
    raw = raw_of(entry)
    put({**raw, "action": {"S": "SOMETHING_ELSE"}})
    with pytest.raises(nightly.LogBroken, match=entry.id):
        nightly.verify_nightly(school.id)
    assert nightly.last(school.id).result["status"] == "BROKEN"
    put(raw)
    assert nightly.verify_nightly(school.id)["status"] == "OK"


def test_g11_the_night_finds_an_archive_that_is_not_what_was_sealed(school, deliver, made_on, days_ago):
    made_on(days_ago(2))
    note(school, 3)
    made_on.back()
    deliver()
    archiving.archive_days(school.id)
    day = days_ago(2).date().isoformat()
    kept = list(archive.entries(school.id, day))
    files.put(archive.file_of(school.id, day), archive.pack(kept[1:]).content(), "application/gzip")
    with pytest.raises(nightly.LogBroken, match="ARCHIVE_BROKEN"):
        nightly.verify_nightly(school.id)


def test_a_day_is_sealed_once_however_often_the_job_runs(school, deliver, made_on, days_ago):
    made_on(days_ago(1))
    note(school, 3)
    made_on.back()
    deliver()
    assert archiving.archive_days(school.id) == {"days": 1, "entries": 3}
    day = days_ago(1).date().isoformat()
    before = reader.load(AuditDay, consistent=True, school_id=school.id, day=day).plain()
    assert archiving.archive_days(school.id) == {"days": 0, "entries": 0}
    note(school, 1)
    deliver()
    archiving.seal(Log(school.id), day)
    assert reader.load(AuditDay, consistent=True, school_id=school.id, day=day).plain() == before
    assert [e["id"] for e in archive.entries(school.id, day)] == [e.id for e in entries(school.id, "Test")[:3]]


def test_an_archive_that_is_killed_before_its_seal_is_made_again(school, deliver, made_on, days_ago, monkeypatch):
    made_on(days_ago(1))
    note(school, 3)
    made_on.back()
    deliver()
    with monkeypatch.context() as patch:
        patch.setattr(archiving.derived, "put_if", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archiving.archive_days(school.id)
    assert Log(school.id).last_sealed() is None
    assert archiving.archive_days(school.id)["entries"] == 3


def test_what_storage_gives_back_otherwise_than_it_was_written_is_not_sealed(school, deliver, made_on, days_ago, monkeypatch):
    made_on(days_ago(1))
    note(school, 3)
    made_on.back()
    deliver()
    true_put = files.put
    monkeypatch.setattr(
        files,
        "put",
        lambda key, content, kind, **o: true_put(key, archive.pack([]).content() if key.endswith("gz") else content, kind, **o),
    )
    with pytest.raises(archiving.NotAsWritten):
        archiving.archive_days(school.id)
    assert Log(school.id).last_sealed() is None


def test_the_end_of_a_long_chain_is_found_without_reading_the_chain(school):
    note(school, 40)
    found = entries(school.id)
    for entry in found[:30]:
        consumers.chain(stream_event(entry), None)
    linking.forget()
    note(school, 1, kind="Last")
    last = entries(school.id, "Last")
    read = []
    query = reader.query

    def counted(*args, **options):
        for raw in query(*args, **options):
            read.append(raw)
            yield raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linking, "SKEW_MS", 0)
        patch.setattr(linking.reader, "query", counted)
        consumers.chain(stream_event(*last), None)
    assert len(read) <= 8
    found = entries(school.id)
    consumers.chain(stream_event(*found), None)
    assert sorted(i for i, _ in links(school.id)) == [e.id for e in found]
    assert code(school) is None
