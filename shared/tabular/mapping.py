"""Which column holds which field, guessed from the headers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from shared.text import fold

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[\W_]+")
_ALIKE = 0.85
_WORDS_ALIKE = 0.75


def suggest_mapping(headers: Sequence[str], fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Header → field, for the headers that name a field or one of its synonyms, or misspell one; each field at most once.

    A field's own name goes before its synonyms, these in their order, and exact names before similar ones; among equals the column
    further left.
    """
    words = [_words(header) for header in headers]
    names = {field: [_words(name) for name in (field, *synonyms)] for field, synonyms in fields.items()}
    taken: dict[int, str] = {}
    for _, index, field in sorted(_candidates(words, names), key=lambda candidate: candidate[0]):
        if index not in taken and field not in taken.values():
            taken[index] = field
    return {headers[index]: taken[index] for index in sorted(taken)}


def _candidates(words: list[list[str]], names: dict[str, list[list[str]]]) -> Iterator[tuple[tuple[float, int, int, int], int, str]]:
    """Every header that fits a field, with how far it is from it."""
    for place, (field, known) in enumerate(names.items()):
        for rank, name in enumerate(known):
            for index, header in enumerate(words):
                alike = _alike(header, name)
                if alike:
                    # Exact names come by their rank; similar ones all after them, the most similar first.
                    yield ((0 if alike == 1 else 2 - alike), rank, index, place), index, field


def _words(name: str) -> list[str]:
    """`guardianPhone`, `Guardian phone` and `GUARDIAN_PHONE` are the same two words."""
    return _NO_WORD.sub(" ", fold(_HUMP.sub(" ", name))).split()


def _alike(header: list[str], name: list[str]) -> float:
    """1 for the same letters, the similarity for a misspelling, 0 for another name.

    Father and mother, first and second guardian are close in letters and far in meaning: numbers and first letters have to be the same, and
    no single word may be another one.
    """
    from difflib import SequenceMatcher  # Needed once an import, not by each function that reads files.

    one, other = "".join(header), "".join(name)
    if not one or not other:
        return 0
    if one == other:
        return 1
    if one[0] != other[0] or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return 0
    if len(header) == len(name) and any(
        SequenceMatcher(None, *pair).ratio() < _WORDS_ALIKE or pair[0][0] != pair[1][0] for pair in zip(header, name, strict=True)
    ):
        return 0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0
    ratio = matcher.ratio()
    return ratio if ratio >= _ALIKE else 0
