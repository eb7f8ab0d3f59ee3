"""Numbers in sequence, per school."""

from collections.abc import Mapping

from shared.data import reader
from shared.data.connection import client
from shared.data.item import Item
from shared.data.unit_of_work import RetryWrite, UnitOfWork
from shared.entities.ground import Counter
from shared.names import camel
from shared.settings import settings


def next_without_gap(unit: UnitOfWork, name: str, count: int = 1) -> int:
    """The first of the next `count` numbers, taken inside the unit's transaction: what is not committed is not used up."""
    raw = reader.get(Counter.key_of(school_id=unit.school_id, name=name), consistent=True)
    last = int(raw["value"]["N"]) if raw else 0
    item = Counter(school_id=unit.school_id, name=name, value=last + count)
    unit.put(item, Counter.value == last if raw else Item.pk.does_not_exist(), RetryWrite())
    return last + 1


def take(school_id: str, name: str, count: int = 1) -> int:
    """The first of the next `count` numbers, taken at once and never waiting for another: a failed change leaves a gap."""
    pk, sk = Counter.key_of(school_id=school_id, name=name)
    answer = client("dynamodb").update_item(
        TableName=settings().table,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="ADD #v :n SET #t = :t, #k = :k, schoolId = :s",
        ExpressionAttributeNames={"#v": "value", "#t": "type", "#k": "name"},
        ExpressionAttributeValues={":n": {"N": str(count)}, ":t": {"S": "Counter"}, ":k": {"S": name}, ":s": {"S": school_id}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["value"]["N"]) - count + 1


def take_fields(item: Item, counts: Mapping[str, int]) -> dict[str, int]:
    """The first of the next numbers of several whole-number attributes of one item, taken at once like `take`."""
    pk, sk = type(item).key_of(**item.attribute_values)
    names = {name: camel(name) for name in counts}
    answer = client("dynamodb").update_item(
        TableName=settings().table,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression=f"ADD {', '.join(f'{wire} :{wire}' for wire in names.values())} SET #t = :t, schoolId = :s",
        ExpressionAttributeNames={"#t": "type"},
        ExpressionAttributeValues={
            **{f":{wire}": {"N": str(counts[name])} for name, wire in names.items()},
            ":t": {"S": type(item).__name__},
            ":s": {"S": item.school_id},
        },
        ReturnValues="UPDATED_NEW",
    )
    return {name: int(answer["Attributes"][wire]["N"]) - counts[name] + 1 for name, wire in names.items()}
