"""Words for a student's gender, status and relation as other systems and languages write them."""

from shared.text import fold

_GENDER = {
    "MALE": "m male boy man masculino hombre varon nino masculin homme garcon mannlich maennlich junge männlich पुरुष लड़का बालक",
    "FEMALE": "f female girl woman w femenino mujer nina feminin femme fille weiblich madchen maedchen mädchen महिला स्त्री लड़की बालिका",
    "OTHER": "o x other divers autre otro nonbinary non-binary अन्य",
}
_RELATION = {
    "FATHER": "father dad papa padre pere vater पिता",
    "MOTHER": "mother mom mum mama madre mere mutter माता माँ",
    "GUARDIAN": "guardian tutor tutora tuteur tutrice vormund legalguardian अभिभावक",
}
_STATUS = {
    "ACTIVE": "active enrolled enrolled activo activa actif active aktiv a सक्रिय",
    "INACTIVE": "inactive withdrawn inactivo inactif inaktiv निष्क्रिय",
    "GRADUATED": "graduated alumni egresado diplome absolvent",
    "SUSPENDED": "suspended suspendido suspendu suspendiert",
    "TRANSFERRED": "transferred trasladado transfere gewechselt",
}


def _index(words: dict[str, str]) -> dict[str, str]:
    return {fold(word): value for value, listed in words.items() for word in [value, *listed.split()]}


_BLOOD = {
    f"{group}{sign}": f"{group}{sign} {group}{word} {group}{short}" + (f" 0{sign} 0{word}" if group == "O" else "")
    for group in ("A", "B", "AB", "O")
    for sign, word, short in (("+", "positive", "pos"), ("-", "negative", "neg"))
}
_WORDS = {"gender": _index(_GENDER), "parentRelation": _index(_RELATION), "status": _index(_STATUS), "bloodGroup": _index(_BLOOD)}
WORDED = tuple(_WORDS)


def value_of(name: str, text: str) -> str:
    """The value that the word stands for; a word that is not known stays as it is, and the field's own check refuses it."""
    return _WORDS[name].get(fold(text).replace(" ", ""), text)
