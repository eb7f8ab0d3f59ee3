"""Makes infra/local/demo/people.csv: 600 students and 40 staff with real names in many scripts, the same ones every time.

    python -m tools.build_demo PATH_OF_SOURCES

The sources are two folders of name lists (see docs/DATA.md for where they come from and their licences):
`names_by_country/` (CC0 1.0), forenames and surnames as they are written in each country, and `names_faker/names.csv` (MIT),
the name lists of Faker by locale. Names of one list stay together, so that a first name and a last name fit. Nobody in the file exists.
"""

import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from shared.text import clean

SEED = 20260401
STUDENTS, STAFF = 600, 40
TARGET = Path(__file__).resolve().parents[1] / "infra" / "local" / "demo" / "people.csv"
HEADERS = ("kind", "gender", "firstName", "lastName", "parentName", "parentRelation", "names")
# List of names → its share. Locales are of Faker, two capital letters a country of the other source.
SHARES = {
    "hi_IN": 12, "en_IN": 16, "ta_IN": 6, "bn_BD": 5, "or_IN": 3, "gu_IN": 2, "ne_NP": 3, "ar_AA": 5, "fa_IR": 3, "he_IL": 3, "th_TH": 3,
    "hy_AM": 2, "ka_GE": 2, "el_GR": 2, "RU": 3, "uk_UA": 2, "BG": 1, "CN": 3, "TW": 1, "JP": 3, "KR": 3, "DE": 2, "FR": 2, "ES": 3, "PL": 2,
    "CZ": 1, "HU": 1, "IS": 1, "TR": 2, "BR": 2, "IE": 1, "vi_VN": 1, "yo_NG": 2, "zu_ZA": 1, "sw": 1, "US": 2,
}  # fmt: skip
STAFF_LISTS = ("en_IN", "en_IN", "hi_IN", "US", "DE", "ES")
_ONE_WORD_SHARE = 0.03

type Names = dict[str, dict[str, list[str]]]  # list → F, M or last → names


def good(name: str) -> bool:
    """Whether the text is one name that the product would take."""
    try:
        return 0 < len(name) <= 40 and clean(name) == name and not set(name) & set("(),;/\"'=+@.0123456789")
    except ValueError:
        return False


def read(folder: Path) -> Names:
    """Every list of both sources."""
    names: Names = defaultdict(lambda: defaultdict(list))

    def add(where: str, kind: str, name: str) -> None:
        if good(name) and name not in names[where][kind]:
            names[where][kind].append(name)

    for row in rows(folder / "names_by_country" / "common-forenames-by-country.csv"):
        add(row["Country"], row["Gender"], row["Localized Name"])
    for row in rows(folder / "names_by_country" / "common-surnames-by-country.csv"):
        add(row["Country"], "last", row["Localized Name"])
    kinds = {"first_female": "F", "first_male": "M", "last": "last"}
    for row in rows(folder / "names_faker" / "names.csv"):
        if row["kind"] in kinds:
            add(row["locale"], kinds[row["kind"]], row["name"])
    return names


def rows(path: Path) -> Iterable[dict[str, str]]:
    """The rows of a CSV file of the sources."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)


def person(kind: str, where: str, names: dict[str, list[str]], rnd: random.Random) -> tuple[str, ...]:
    """One row: a person and, of a student, a parent of the same family name."""
    gender = rnd.choice("FM")
    first, last = rnd.choice(names[gender]), rnd.choice(names["last"])
    relation = rnd.choice(("MOTHER", "FATHER")) if kind == "student" else ""
    parent = f"{rnd.choice(names['F' if relation == 'MOTHER' else 'M'])} {last}" if relation else ""
    shown = "" if kind == "student" and rnd.random() < _ONE_WORD_SHARE else last
    return kind, {"F": "FEMALE", "M": "MALE"}[gender], first, shown, parent, relation, where


def build(folder: Path) -> list[tuple[str, ...]]:
    """All rows, staff first."""
    names, rnd = read(folder), random.Random(SEED)
    lacking = [where for where in SHARES if not all(names[where][kind] for kind in ("F", "M", "last"))]
    if lacking:
        raise SystemExit(f"the sources lack names of {', '.join(lacking)}")
    staff = [person("staff", STAFF_LISTS[n % len(STAFF_LISTS)], names[STAFF_LISTS[n % len(STAFF_LISTS)]], rnd) for n in range(STAFF)]
    drawn = rnd.choices(list(SHARES), weights=list(SHARES.values()), k=STUDENTS)
    return [*staff, *(person("student", where, names[where], rnd) for where in drawn)]


def main() -> None:
    """Write the file."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    made = build(Path(sys.argv[1]))
    with TARGET.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerows([HEADERS, *made])
    print(f"{TARGET.name}: {len(made)} people, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
