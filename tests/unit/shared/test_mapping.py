"""Which column holds which field is guessed from the headers: names, synonyms, misspellings (S4)."""

from shared.csv_files import suggest_mapping

FIELDS = {
    "firstName": ["given name", "forename"],
    "lastName": ["family name", "surname"],
    "dateOfBirth": ["birthdate", "dob"],
    "admissionNumber": ["student number", "sis id"],
    "fatherOccupation": [],
    "guardian1Phone": ["parent phone"],
}


def test_names_and_synonyms_match_in_any_spelling_of_words() -> None:
    headers = ["SIS ID", "First Name", "FAMILY_NAME", "Birthdate", "Unrelated"]
    assert suggest_mapping(headers, FIELDS) == {
        "SIS ID": "admissionNumber",
        "First Name": "firstName",
        "FAMILY_NAME": "lastName",
        "Birthdate": "dateOfBirth",
    }
    assert suggest_mapping(["givenName", "familyName"], FIELDS) == {"givenName": "firstName", "familyName": "lastName"}


def test_a_misspelt_header_is_found() -> None:
    assert suggest_mapping(["Frist Name", "Admision Number", "Date of Brith"], FIELDS) == {
        "Frist Name": "firstName",
        "Admision Number": "admissionNumber",
        "Date of Brith": "dateOfBirth",
    }


def test_headers_alike_in_letters_and_far_in_meaning_are_left_alone() -> None:
    assert suggest_mapping(["Mother Occupation", "motheroccupation", "Guardian 2 Phone", "Unfirst name", "", "!!"], FIELDS) == {}


def test_each_field_is_given_once_and_the_better_name_wins() -> None:
    assert suggest_mapping(["Student Number", "SIS ID", "admission number"], FIELDS) == {"admission number": "admissionNumber"}
    assert suggest_mapping(["SIS ID", "Student Number"], FIELDS) == {"Student Number": "admissionNumber"}
    assert suggest_mapping(["Admision number", "SIS ID"], FIELDS) == {"SIS ID": "admissionNumber"}
    assert suggest_mapping(["first name", "First-Name"], FIELDS) == {"first name": "firstName"}


def test_accents_and_case_do_not_count() -> None:
    assert suggest_mapping(["PRÉNOM"], {"firstName": ["prenom"]}) == {"PRÉNOM": "firstName"}
    assert suggest_mapping(["नाम"], {"firstName": ["नाम"]}) == {"नाम": "firstName"}
