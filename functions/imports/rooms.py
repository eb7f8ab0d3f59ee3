"""Finds the class that a row means: by id, by name and section, or by grade and section."""

from collections.abc import Mapping
from typing import Any

from shared.text import fold

type Room = Mapping[str, Any]


class NoSuchClass(Exception):
    """The row's words lead to no class, or to several; `field` is where to mend it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Rooms:
    """The classes of a school as files name them."""

    def __init__(self, classes: Mapping[str, Room], year: str) -> None:
        self._classes = classes
        self._year = year
        self._found: dict[tuple[tuple[str, str], ...], Room] = {}

    def find(self, words: Mapping[str, str]) -> Room | None:
        """The class, or None where the row says nothing of one. NoSuchClass says what is wrong."""
        key = tuple(sorted(words.items()))
        if key in self._found:
            return self._found[key]
        room = self._look(words)
        if room is not None:
            self._found[key] = room
        return room

    def _look(self, words: Mapping[str, str]) -> Room | None:
        by_id = self._by_id(words["classId"]) if "classId" in words else None
        if "className" not in words and "grade" not in words:
            return by_id
        named = self._by_name(words)
        if by_id is not None and by_id["id"] != named["id"]:
            field = "className" if "className" in words else "grade"
            raise NoSuchClass(field, "This is another class than the one of classId: clear one of the two cells")
        return named

    def _by_id(self, class_id: str) -> Room:
        room = self._classes.get(class_id)
        if room is None:
            raise NoSuchClass("classId", "No class of this school has this id")
        return room

    def _by_name(self, words: Mapping[str, str]) -> Room:
        year, name, section = words.get("academicYear", self._year), words.get("className"), words.get("section")
        field, text = ("className", name) if name else ("grade", words["grade"])
        wanted = fold(str(text))
        in_year = [c for c in self._classes.values() if fold(c["academicYear"]) == fold(year)]
        if not in_year:
            raise NoSuchClass("academicYear" if "academicYear" in words else field, f"The school has no classes in {year}")
        # `Class 10` is also written `10`, its grade; and a grade `10` as `Class 10`.
        first, second = ("name", "grade") if name else ("grade", "name")
        fits = [c for c in in_year if fold(c[first]) == wanted] or [c for c in in_year if fold(c[second]) == wanted]
        if section:
            fits = [c for c in fits if fold(c["section"]) == fold(section)]
        elif not fits:
            fits = [c for c in in_year if wanted in _whole_names(c)]
        if field == "className" and words.get("grade") and len(fits) > 1:
            fits = [c for c in fits if fold(c["grade"]) == fold(words["grade"])]
        return self._one(fits, field, f"{text} {section or ''}".strip(), year)

    @staticmethod
    def _one(fits: list[Room], field: str, text: str, year: str) -> Room:
        active = [c for c in fits if c["status"] == "ACTIVE"] or fits
        if len(active) == 1:
            return active[0]
        if not active:
            raise NoSuchClass(field, f"The school has no class {text} in {year}")
        known = ", ".join(sorted(f"{c['name']} {c['section']}" for c in active)[:10])
        raise NoSuchClass("section" if field == "className" else field, f"Several classes fit: {known}. Name the section")


def _whole_names(room: Room) -> set[str]:
    """Name and section in one cell: `Class 10 A`, `10-A`, `10A`."""
    return {fold(f"{start}{sign}{room['section']}") for start in (room["name"], room["grade"]) for sign in (" ", "-", "", "/")}
