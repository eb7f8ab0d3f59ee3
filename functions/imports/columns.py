"""Which column of a file holds which field of a student: suggested, remembered by the school, overridable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.csv_files import suggest_mapping
from shared.errors import Detail, ValidationFailed
from shared.text import fold

ERROR_COLUMN = "Import errors"
"""The column in which bad rows carry their reasons; a mended file may still have it."""

# Field → other names of it: student information systems (Microsoft SDS, OneRoster, PowerSchool), Spanish, French, German, Hindi.
FIELDS: dict[str, tuple[str, ...]] = {
    "admissionNumber": (
        "admission no", "admission id", "admn no", "adm no", "admission", "sis id", "sourced id", "user sourced id", "student sourced id",
        "student id", "student number", "local id", "registration number", "registration no", "reg no", "enrolment number",
        "enrollment number", "gr number", "gr no", "numero de matricula", "matricula", "expediente", "numero de matricule", "matricule",
        "numero d'admission", "ine", "aufnahmenummer", "schülernummer", "matrikelnummer", "प्रवेश संख्या", "दाखिला संख्या", "प्रवेश क्रमांक",
    ),
    "rollNumber": (
        "roll no", "roll", "class roll number", "numero de lista", "numero d'appel", "listennummer", "अनुक्रमांक", "रोल नंबर", "क्रमांक",
    ),
    "firstName": (
        "given name", "forename", "first names", "student name", "name", "nombre", "nombres", "prenom", "prénom", "prenoms", "vorname",
        "rufname", "नाम", "पहला नाम", "प्रथम नाम", "छात्र का नाम",
    ),
    "lastName": (
        "family name", "surname", "last names", "apellido", "apellidos", "primer apellido", "nom", "nom de famille", "nachname",
        "familienname", "उपनाम", "अंतिम नाम", "कुलनाम",
    ),
    "dateOfBirth": (
        "birthdate", "birth date", "dob", "date of birth dd mm yyyy", "born", "birthday", "fecha de nacimiento", "nacimiento",
        "date de naissance", "ne le", "geburtsdatum", "geburtstag", "geboren am", "जन्म तिथि", "जन्मतिथि", "जन्म तारीख",
    ),
    "gender": ("sex", "genero", "sexo", "genre", "sexe", "geschlecht", "लिंग"),
    "bloodGroup": ("blood type", "blood", "grupo sanguineo", "groupe sanguin", "blutgruppe", "रक्त समूह"),
    "email": (
        "student email", "email address", "e mail", "secondary email", "correo", "correo electronico", "courriel", "adresse email",
        "ईमेल",
    ),
    "phone": (
        "student phone", "phone number", "mobile", "mobile number", "telephone", "telefono", "movil", "telefon", "handy", "फोन", "मोबाइल",
    ),
    "addressStreet": (
        "street", "address", "street address", "mailing address", "home address", "address line 1", "direccion", "calle", "adresse", "rue",
        "strasse", "straße", "anschrift", "पता",
    ),
    "addressCity": ("city", "town", "mailing city", "ciudad", "localidad", "ville", "stadt", "ort", "wohnort", "शहर", "नगर"),
    "addressState": ("state", "province", "region", "mailing state", "provincia", "estado", "bundesland", "राज्य"),
    "addressZip": (
        "zip", "zip code", "postal code", "postcode", "pin code", "pincode", "mailing zip", "codigo postal", "code postal", "plz",
        "postleitzahl", "पिन कोड",
    ),
    "className": ("class", "class title", "homeroom", "clase", "curso", "classe", "klasse", "कक्षा"),
    "section": ("class section", "division", "seccion", "grupo", "groupe", "abteilung", "वर्ग", "अनुभाग", "खंड"),
    "grade": ("grade level", "year group", "standard", "std", "grado", "niveau", "klassenstufe", "jahrgang", "jahrgangsstufe", "श्रेणी"),
    "academicYear": ("school year", "session", "ano escolar", "año escolar", "annee scolaire", "schuljahr", "शैक्षणिक वर्ष", "सत्र"),
    "classId": (),
    "admissionDate": (
        "date of admission", "enrolment date", "enrollment date", "entry date", "joining date", "join date", "fecha de ingreso",
        "fecha de matricula", "date d'inscription", "date d'entree", "aufnahmedatum", "eintrittsdatum", "प्रवेश तिथि", "दाखिला तिथि",
    ),
    "status": ("student status", "enrolment status", "enrollment status", "estado del alumno", "statut", "स्थिति"),
    "parentName": (
        "guardian name", "parent guardian name", "parent", "guardian", "father name", "father's name", "mother name", "mother's name",
        "nombre del padre", "nombre del tutor", "tutor", "nom du parent", "responsable legal", "erziehungsberechtigter", "name der eltern",
        "पिता का नाम", "माता का नाम", "अभिभावक का नाम", "अभिभावक",
    ),
    "parentPhone": (
        "guardian phone", "parent mobile", "guardian mobile", "father phone", "mother phone", "parent phone number", "parent contact",
        "contact number", "telefono del padre", "telefono del tutor", "telephone du parent", "telefon der eltern", "अभिभावक फोन",
        "अभिभावक का फोन",
    ),
    "parentEmail": (
        "guardian email", "parent email address", "father email", "mother email", "correo del padre", "correo del tutor",
        "email du parent", "email der eltern", "अभिभावक ईमेल",
    ),
    "parentRelation": (
        "guardian relation", "relation", "relationship", "guardian relationship", "parentesco", "lien de parente", "verwandtschaft",
        "संबंध",
    ),
    "emergencyContactName": (
        "emergency contact", "emergency name", "contacto de emergencia", "contact d'urgence", "notfallkontakt", "आपातकालीन संपर्क",
    ),
    "emergencyContactPhone": (
        "emergency phone", "emergency number", "emergency contact number", "telefono de emergencia", "telephone d'urgence",
        "notfallnummer", "notfalltelefon", "आपातकालीन फोन",
    ),
    "emergencyContactRelation": ("emergency relation", "emergency contact relationship", "आपातकालीन संबंध"),
}  # fmt: skip
REQUIRED = ("firstName", "dateOfBirth", "gender")
CLASS_FIELDS = ("className", "section", "grade", "academicYear", "classId")
# Columns of an export that tell what the system made: read, and left alone.
_OWN = frozenset({"id", "schoolid", "userid", "version", "createdat", "updatedat", "exitdate", fold(ERROR_COLUMN)})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file by field; `ignored` hold no field, `missing` are fields that new students need and no column holds."""

    index: dict[str, int]
    headers: list[str]
    ignored: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        """The header of the column that holds a field."""
        at = self.index.get(name)
        return None if at is None else self.headers[at]

    def told(self) -> dict[str, Any]:
        """The mapping as it is answered: header → field."""
        return {self.headers[at]: name for name, at in sorted(self.index.items(), key=lambda pair: pair[1])}


def _is_own(header: str) -> bool:
    return fold(header) in _OWN


def find_columns(
    headers: Sequence[str], saved: Mapping[str, str | None], asked: Mapping[str, str | None], defaults: Mapping[str, str]
) -> Columns:
    """The columns by what was asked, else what the school has saved, else what the headers suggest."""
    _check(headers, asked, defaults)
    folded = {fold(header): header for header in headers}
    fixed: dict[str, str | None] = {folded[name]: to for name, to in saved.items() if name in folded and (to is None or to in FIELDS)}
    taken = {to for to in asked.values() if to}
    fixed = {header: to for header, to in fixed.items() if to not in taken} | {folded[fold(h)]: to or None for h, to in asked.items()}
    held = {to for to in fixed.values() if to}
    free = [header for header in headers if header not in fixed and not _is_own(header)]
    guessed = suggest_mapping(free, {name: words for name, words in FIELDS.items() if name not in held})
    chosen = {**guessed, **{header: to for header, to in fixed.items() if to}}
    index = {to: headers.index(header) for header, to in chosen.items()}
    ignored = [header for header in headers if header not in chosen]
    missing = [name for name in REQUIRED if name not in index and name not in defaults]
    if not any(name in index or name in defaults for name in ("className", "grade", "classId")):
        missing.append("className")
    return Columns(index, list(headers), ignored, missing)


def _check(headers: Sequence[str], asked: Mapping[str, str | None], defaults: Mapping[str, str]) -> None:
    known = {fold(header) for header in headers}
    wrong = [Detail(f"mapping.{header}"[:200], "The file has no such column") for header in asked if fold(header) not in known]
    wrong += [
        Detail(f"mapping.{header}"[:200], f"{to!r} is no field of a student")
        for header, to in asked.items()
        if to and to not in FIELDS and fold(header) in known
    ]
    given = [to for to in asked.values() if to]
    wrong += [Detail("mapping", f"Two columns are mapped to {to}") for to in dict.fromkeys(given) if given.count(to) > 1]
    wrong += [Detail(f"defaults.{name}"[:200], "This is no field of a student") for name in defaults if name not in FIELDS]
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
