"""The plainest text that a regular expression takes, for examples: the first branch, the fewest repeats."""

import re
from re import _constants as tokens  # type: ignore[attr-defined]  # the parser that `re` itself uses; it has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # see above
from typing import Any

_PLAIN = "a0A -_.@/:+"
_CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_DIGIT": "a"}


def simplest(pattern: str) -> str | None:
    """A text that the pattern takes, or None where it is beyond this."""
    try:
        made = _of(parser.parse(pattern))
    except (re.PatternError, KeyError, NotImplementedError):
        return None
    return made if re.search(pattern, made) else None


def _of(parsed: Any) -> str:
    return "".join(_one(operation, value) for operation, value in parsed)


def _one(operation: Any, value: Any) -> str:
    match operation:
        case tokens.LITERAL:
            return chr(value)
        case tokens.NOT_LITERAL:
            return next(c for c in _PLAIN if c != chr(value))
        case tokens.ANY:
            return "a"
        case tokens.AT | tokens.ASSERT_NOT:
            return ""
        case tokens.IN:
            return _member(value)
        case tokens.BRANCH:
            return _of(value[1][0])
        case tokens.SUBPATTERN:
            return _of(value[3])
        case tokens.MAX_REPEAT | tokens.MIN_REPEAT:
            least, _, inner = value
            return _of(inner) * int(least)
    raise NotImplementedError(str(operation))


def _member(options: list[tuple[Any, Any]]) -> str:
    """A character of a class such as `[a-z_]` or `[^;]`."""
    operation, value = options[0]
    if operation is tokens.NEGATE:
        shut = {_member([o]) for o in options[1:]}
        return next(c for c in _PLAIN if c not in shut)
    if operation is tokens.RANGE:
        return chr(value[0])
    return _CATEGORIES[str(value)] if operation is tokens.CATEGORY else chr(value)
