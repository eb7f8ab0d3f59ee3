"""Columns are found by what was asked, what the school saved, and what the headers suggest, in that order (S4)."""

import pytest

from functions.imports.columns import FIELDS, find_columns
from shared.errors import ValidationFailed

SDS = [
    "SIS ID",
    "School SIS ID",
    "First Name",
    "Last Name",
    "Username",
    "Password",
    "State ID",
    "Secondary Email",
    "Student Number",
    "Middle Name",
    "Grade",
    "Status",
    "Birthdate",
    "Graduation Year",
]


def found(headers, saved=None, asked=None, defaults=None):
    return find_columns(headers, saved or {}, asked or {}, defaults or {})


def test_the_student_file_of_microsoft_sds_is_understood_without_help():
    columns = found(SDS)
    assert columns.told() == {
        "SIS ID": "admissionNumber",
        "First Name": "firstName",
        "Last Name": "lastName",
        "Secondary Email": "email",
        "Grade": "grade",
        "Status": "status",
        "Birthdate": "dateOfBirth",
    }
    assert columns.missing == ["gender"]
    assert {"Password", "State ID", "School SIS ID"} <= set(columns.ignored)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            "sourcedId,givenName,familyName,email,phone,sex,birthDate,grade",
            "admissionNumber firstName lastName email phone gender dateOfBirth grade",
        ),
        (
            "Número de matrícula;Nombre;Apellidos;Fecha de nacimiento;Sexo;Clase;Sección;Teléfono del padre",
            "admissionNumber firstName lastName dateOfBirth gender className section parentPhone",
        ),
        (
            "Matricule;Prénom;Nom de famille;Date de naissance;Sexe;Classe;Code postal;Ville",
            "admissionNumber firstName lastName dateOfBirth gender className addressZip addressCity",
        ),
        (
            "Schülernummer;Vorname;Nachname;Geburtsdatum;Geschlecht;Klasse;Straße;PLZ;Ort",
            "admissionNumber firstName lastName dateOfBirth gender className addressStreet addressZip addressCity",
        ),
        (
            "प्रवेश संख्या,नाम,उपनाम,जन्म तिथि,लिंग,कक्षा,वर्ग,पिता का नाम,पिन कोड",
            "admissionNumber firstName lastName dateOfBirth gender className section parentName addressZip",
        ),
        ("Admision No,Frist Name,Last Nmae,DOB,Gendre,Class", "admissionNumber firstName lastName dateOfBirth gender className"),
    ],
)
def test_headers_of_other_systems_and_languages_are_understood(headers, expected):
    listed = headers.split(";" if ";" in headers else ",")
    assert list(found(listed).told().values()) == expected.split()


def test_the_columns_of_an_export_lead_back_to_its_fields():
    from functions.imports.export import HEADERS

    columns = found(list(HEADERS))
    assert all(header == name for header, name in columns.told().items())
    assert set(columns.ignored) == {"exitDate", "id", "userId", "createdAt", "updatedAt"}
    assert set(columns.told().values()) == set(FIELDS)


def test_what_is_asked_goes_over_what_is_saved_and_that_over_what_is_suggested():
    headers = ["Code", "SIS ID", "Name"]
    assert found(headers).told() == {"SIS ID": "admissionNumber", "Name": "firstName"}
    saved = {"code": "admissionNumber", "sis id": None}
    assert found(headers, saved).told() == {"Code": "admissionNumber", "Name": "firstName"}
    assert found(headers, saved, {"sis id": "admissionNumber"}).told() == {"SIS ID": "admissionNumber", "Name": "firstName"}
    assert found(headers, saved, {"Name": None}).told() == {"Code": "admissionNumber"}


def test_a_mapping_that_names_what_is_not_there_is_refused_by_name():
    with pytest.raises(ValidationFailed) as raised:
        found(["A", "B"], asked={"C": "firstName", "A": "shoeSize", "B": "email"}, defaults={"planet": "x"})
    assert [d.field for d in raised.value.details] == ["mapping.C", "mapping.A", "defaults.planet"]
    with pytest.raises(ValidationFailed):
        found(["A", "B"], asked={"A": "firstName", "B": "firstName"})


def test_missing_columns_are_told_unless_a_default_stands_in():
    assert found(["Name"]).missing == ["dateOfBirth", "gender", "className"]
    assert found(["Name"], defaults={"gender": "OTHER", "className": "1", "dateOfBirth": "2015-01-01"}).missing == []
