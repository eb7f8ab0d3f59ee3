"""The base of every stored thing: a PynamoDB model whose keys are templates, checked when its class is made.

Every partition key, of the table and of the index, begins with `SCHOOL#{school_id}`, except for the named platform items.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from shared.data.attributes import Text, Whole, unwrap
from shared.names import PLATFORM_SCHOOL as PLATFORM_SCHOOL  # noqa: PLC0414 - an explicit re-export

TENANT = "SCHOOL#{school_id}"
PLATFORM_ITEMS = frozenset({"AccountAddress", "ReceiptCode", "SchoolListing", "RateLog", "SignInAttempts"})
_FIELD = re.compile(r"\{(\w+)\}")


class KeyTemplateError(TypeError):
    """A stored class has a key that would not lie inside its school, or names an attribute that it does not have."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Key templates. `purpose` is what a read by this key is for; the generated access-pattern table shows it."""

    pk: str
    sk: str
    gsi1pk: str | None = None
    gsi1sk: str | None = None
    purpose: str = ""
    index_purpose: str = ""


class Gsi1(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB does not type its hook
    """The one index."""

    class Meta:
        index_name = "gsi1"
        projection = AllProjection()

    gsi1pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """A stored thing of one school."""

    class Meta:
        table_name = "homeroom"  # replaced by shared.data.connection at first use

    keys: ClassVar[Keys]
    unjournalled: ClassVar[frozenset[str]] = frozenset()  # attribute names whose values never reach the journal

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    gsi1 = Gsi1()
    type = Text()
    school_id = Text(null=True)  # null on the named platform items alone: every other key template needs it

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        keys = getattr(cls, "keys", None)
        if keys is None:
            return  # an intermediate base such as Record
        for template in filter(None, (keys.pk, keys.gsi1pk)):
            inside = template == TENANT or template.startswith(f"{TENANT}#")
            if not inside and cls.__name__ not in PLATFORM_ITEMS:
                raise KeyTemplateError(f"{cls.__name__}: the partition key {template!r} must begin with {TENANT!r}")
        for template in filter(None, (keys.pk, keys.sk, keys.gsi1pk, keys.gsi1sk)):
            for field in _FIELD.findall(template):
                if not hasattr(cls, field):
                    raise KeyTemplateError(f"{cls.__name__}: the key {template!r} names {field!r}, which is no attribute of it")

    @classmethod
    def key_of(cls, **fields: str) -> tuple[str, str]:
        """Partition and sort key from the fields that their templates name."""
        return cls.keys.pk.format(**fields), cls.keys.sk.format(**fields)

    @classmethod
    def partition_of(cls, **fields: str) -> str:
        """The partition key from the fields that its template names."""
        return cls.keys.pk.format(**fields)

    @classmethod
    def index_partition_of(cls, **fields: str) -> str:
        """The index's partition key from the fields that its template names."""
        if cls.keys.gsi1pk is None:
            raise KeyTemplateError(f"{cls.__name__} has no index key")
        return cls.keys.gsi1pk.format(**fields)

    @classmethod
    def from_item(cls, raw: dict[str, Any]) -> Self:
        """An instance from an item in DynamoDB's typed form."""
        return cls.from_raw_data(raw)

    def place(self) -> Self:
        """Fill in the keys from their templates, and the type."""
        fields = self.attribute_values
        self.type = type(self).__name__
        self.pk, self.sk = self.keys.pk.format(**fields), self.keys.sk.format(**fields)
        if self.keys.gsi1pk and self.keys.gsi1sk:
            self.gsi1pk, self.gsi1sk = self.keys.gsi1pk.format(**fields), self.keys.gsi1sk.format(**fields)
        return self

    def plain(self) -> dict[str, Any]:
        """Its attributes by wire name, without keys and type; absent ones are left out."""
        return {k: unwrap(v) for k, v in self.serialize(null_check=False).items() if k not in HIDDEN}

    def __repr__(self) -> str:
        """Only the kind and the keys: no personal data in a log."""
        return f"<{type(self).__name__} {self.attribute_values.get('sk', '')}>"


HIDDEN = frozenset({"pk", "sk", "gsi1pk", "gsi1sk", "type", "expiresAt"})


class Record(Item):
    """An item with an id, a version that each change raises by one, and its times."""

    id = Text()
    version = Whole(default=0)
    created_at = Text(null=True)
    updated_at = Text(null=True)

    _stored: dict[str, Any] | None = None

    @classmethod
    def from_item(cls, raw: dict[str, Any]) -> Self:
        """An instance that remembers what is stored, so that a change can be journalled with before and after."""
        made = super().from_item(raw)
        made._stored = {k: unwrap(v) for k, v in raw.items() if k not in HIDDEN}  # noqa: SLF001 - its own class
        return made

    @property
    def stored(self) -> dict[str, Any]:
        """What the table held when this was read; empty for a new one."""
        return self._stored or {}
