"""XML is read as a stream, and nothing in it can make the reader expand, fetch or open anything."""

from itertools import pairwise

import pytest

from codesystems.files import SourceFile
from codesystems.formats import xml
from codesystems.report import ReleaseError


@pytest.fixture
def file(tmp_path):
    def write(text, name="a.xml"):
        local = tmp_path / name
        local.write_bytes(text if isinstance(text, bytes) else text.encode())
        return SourceFile(name, local)

    return write


def texts(source, *names):
    return ["".join(map(str, element.itertext())) for element in xml.stream(source, names or ("Class",))]


def laughs(levels=10):
    names = "abcdefghijklmnop"[:levels]
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    return f'<!DOCTYPE ClaML [<!ENTITY a "ha">{entities}]>', f"&{names[-1]};"


def test_elements_are_whole_in_order_and_not_given_twice(file):
    source = file("<r><x>1<x>2</x></x><w><x>3</x></w><y/><x>4<y/></x></r>")
    assert texts(source, "x") == ["12", "3", "4"]
    assert len(list(xml.stream(source, ("x", "y")))) == 4


def test_names_count_without_their_namespace(file):
    source = file('<c:ClaML xmlns:c="urn:x"><c:Class>a<!-- not this --><?nor this?>b</c:Class></c:ClaML>')
    assert xml.root_name(source) == "ClaML"
    assert texts(source) == ["ab"]


def test_what_has_been_read_is_let_go(file):
    source = file("<r>" + "<x>text<z/></x>" * 50 + "</r>")
    for element in xml.stream(source, ("x",)):
        before = list(element.itersiblings(preceding=True))
        assert len(before) <= 1
        assert all(len(sibling) == 0 and not sibling.text for sibling in before)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE ClaML SYSTEM "ClaML.dtd">',
        '<!DOCTYPE ClaML PUBLIC "-//WHO-FIC//ClaML" "ClaML.dtd">',
        '<!DOCTYPE ClaML SYSTEM "http://127.0.0.1:9/ClaML.dtd">',
        '<!DOCTYPE ClaML SYSTEM "ClaML.dtd" []>',
    ],
)
def test_a_doctype_that_only_names_a_dtd_is_passed_over(file, tmp_path, doctype):
    (tmp_path / "ClaML.dtd").write_text('<!ATTLIST Class code CDATA "fetched"><!ENTITY e "fetched">')
    source = file(f"{doctype}<ClaML><Class>a</Class></ClaML>")
    assert xml.root_name(source) == "ClaML"
    assert [(element.text, dict(element.attrib)) for element in xml.stream(source, ("Class",))] == [("a", {})]


def test_billion_laughs_is_refused(file):
    doctype, bomb = laughs()
    source = file(f"{doctype}<ClaML><Class>{bomb}</Class></ClaML>")
    assert xml.root_name(source) == "ClaML"
    with pytest.raises(ReleaseError, match=r"a\.xml: the document type declares entities"):
        texts(source)


def test_billion_laughs_in_an_attribute_of_the_root_is_refused(file):
    doctype, bomb = laughs()
    source = file(f'{doctype}<ClaML version="{bomb}"><Class/></ClaML>')
    assert xml.root_name(source) == "ClaML"
    with pytest.raises(ReleaseError):
        texts(source)


def test_quadratic_blow_up_is_refused(file):
    source = file(f'<!DOCTYPE ClaML [<!ENTITY a "{"a" * 50_000}">]><ClaML><Class>{"&a;" * 50_000}</Class></ClaML>')
    assert xml.root_name(source) == "ClaML"
    with pytest.raises(ReleaseError, match="declares entities"):
        texts(source)


@pytest.mark.parametrize("declaration", ['<!ENTITY a SYSTEM "{uri}">', '<!ENTITY % a SYSTEM "{uri}">%a;'])
def test_external_entities_are_refused(file, tmp_path, declaration):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    doctype = f"<!DOCTYPE ClaML [{declaration.format(uri=secret.as_uri())}]>"
    with pytest.raises(ReleaseError, match="declares entities"):
        texts(file(f"{doctype}<ClaML><Class>x</Class></ClaML>"))


@pytest.mark.parametrize("body", ["<Class>a&nbsp;b</Class>", '<Class code="a&nbsp;b"/>', "&nbsp;<Class>b</Class>"])
def test_an_entity_that_only_the_dtd_would_declare_is_not_dropped_in_silence(file, body):
    with pytest.raises(ReleaseError, match="nbsp"):
        texts(file(f'<!DOCTYPE ClaML SYSTEM "ClaML.dtd"><ClaML>{body}</ClaML>'))


def test_xinclude_is_not_followed(file, tmp_path):
    (tmp_path / "secret").write_text("secret")
    namespace = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    source = file(f'<ClaML {namespace}><Class><xi:include href="secret" parse="text"/></Class></ClaML>')
    assert texts(source) == [""]


def test_the_limits_of_the_parser_stay_on(file):
    with pytest.raises(ReleaseError, match="not well-formed XML"):
        texts(file("<ClaML>" + "<a>" * 5_000 + "</a>" * 5_000 + "</ClaML>"))
    with pytest.raises(ReleaseError, match="not well-formed XML"):
        texts(file("<ClaML><Class>" + "x" * 11_000_000 + "</Class></ClaML>"))


def test_a_fault_is_told_with_its_line(file):
    with pytest.raises(ReleaseError, match=r"a\.xml:3: not well-formed XML"):
        texts(file("<ClaML>\n<Class>a</Class>\n<Class>b</Klass>\n</ClaML>"))
    with pytest.raises(ReleaseError, match="not well-formed XML"):
        texts(file("<ClaML><Class>cut"))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", None),
        (b"code;title\nA;B\n", None),
        (b"\x00\x01\x02<", None),
        (b"\xef\xbb\xbf  <?xml version='1.0'?>\n<r/>", "r"),
        ("<?xml version='1.0' encoding='UTF-16'?><r>å</r>".encode("utf-16"), "r"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><r>å</r>".encode("latin-1"), "r"),
        (b"<html><p>unclosed", "html"),
        (b"<", None),
        (b"<!-- only -->", None),
    ],
)
def test_root_name(file, data, name):
    assert xml.root_name(file(data)) == name


def test_place_is_silent_beyond_what_the_parser_counts(file):
    source = file("<r>\n<x/>" + "\n" * 70_000 + "<x/></r>")
    assert [xml.place(element, "a.xml").line for element in xml.stream(source, ("x",))] == [2, None]
