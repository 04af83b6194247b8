"""Whose code system a ClaML file holds, in which version, and which files are not claimed."""

from datetime import date

import pytest

from codesystems.model import CodeSystem, Hints
from codesystems.report import ReleaseError
from tests.test_codesystems.test_claml.documents import META, document, head, klass, preferred


@pytest.mark.parametrize(
    ("header", "system"),
    [
        (head(uid="icd10_2016", name="ICD-10-EN-2016", language="en", authority="WHO"), "icd-10"),
        (head(name="ICD-10-EN-2019", language="en"), "icd-10"),
        (head(uid="2.16.840.1.113883.6.3", name="whatever", language="en"), "icd-10"),
        (head(uid="urn:oid:2.16.840.1.113883.6.3", language="en"), "icd-10"),
        (head(uid="http://hl7.org/fhir/sid/icd-10", language="en"), "icd-10"),
        (head(name="ICD-10-GM", language="de"), "icd-10-gm"),
        (head(name="ICD-10-GM-2025", language="de-DE"), "icd-10-gm"),
        (head(name="ICD10GM 2025", language="de"), "icd-10-gm"),
        (head(uid="icd10_2016", name="ICD-10-NL-2021", language="nl", authority="WHO"), "icd-10-nl"),
        (head(name="Vår egen lista", version="1.2"), "var-egen-lista"),
        (head(uid="1.2.3.4", name=""), "1-2-3-4"),
        (head(name="Provlista version 2024.1"), "provlista"),
    ],
)
def test_the_code_system_is_found_by_identifier_or_title(identify, header, system):
    (candidate,) = identify(document(klass("A"), head=header))
    assert candidate.system.id == system


def test_a_system_nobody_knows_is_made_from_the_header(identify):
    header = head(uid="1.2.752.99.1", name="Prov-2024", title="Provklassifikation", language="nb", authority="Region X")
    (candidate,) = identify(document(klass("A"), head=header))
    assert candidate.system == CodeSystem(
        "prov", "urn:oid:1.2.752.99.1", "Provklassifikation", "Region X", language="nb"
    )
    assert (candidate.version, candidate.effective) == ("2024", date(2024, 1, 1))


def test_the_operator_decides(identify):
    text = document(klass("A"), head=head(name="ICD-10-GM", language="de"))
    (known,) = identify(text, Hints(system="icd-10", version="2030", effective=date(2030, 4, 1)))
    assert (known.system.id, known.version, known.effective) == ("icd-10", "2030", date(2030, 4, 1))
    (new,) = identify(text, Hints(system="Min lista"))
    assert new.system.id == "min-lista"


@pytest.mark.parametrize(
    ("title", "name", "version", "effective"),
    [
        ('<Title name="P" version="2024" date="2023-09-01"/>', "a.xml", "2024", date(2024, 1, 1)),
        ('<Title name="P" version="1.3" date="2023-09-01"/>', "a.xml", "1.3", date(2023, 9, 1)),
        ('<Title name="P" date="2023-09-01"/>', "a.xml", "2023-09-01", date(2023, 9, 1)),
        ('<Title name="P"/>', "prov-2022.xml", "2022", date(2022, 1, 1)),
    ],
)
def test_version_and_effective_date(identify, title, name, version, effective):
    (candidate,) = identify(document(klass("A"), head=META + title), name=name)
    assert (candidate.version, candidate.effective) == (version, effective)


def test_other_xml_and_other_files_are_not_claimed(identify):
    assert identify("<html><body>ClaML</body></html>") == []
    assert identify("code;title\nClaML;1\n", name="a.csv") == []


def test_a_hostile_file_is_refused_by_name(identify):
    text = document(klass("A", preferred("&e;")), doctype='<!DOCTYPE ClaML [<!ENTITY e "x">]>')
    with pytest.raises(ReleaseError, match=r"prov\.xml: the document type declares entities"):
        identify(text)
