"""The codes of ICD-10-SE: one form, one part and one place for each, whoever writes it."""

import pytest

from codesystems.icd10se import LOADER


@pytest.mark.parametrize(
    ("written", "canonical", "part"),
    [
        ("A000", "A00.0", "subcategory"),
        ("a00.0†", "A00.0", "subcategory"),
        ("M01.3 *", "M01.3", "subcategory"),
        ("U984A", "U98.4A", "extension"),
        ("S7200", "S72.00", "extension"),
        ("V0100", "V01.00", "external-place"),
        ("Y050A", "Y05.0A", "external-place"),
        ("Y901", "Y90.1", "external"),
        ("Y900", "Y90.0", "external-moved"),
        ("V8700", "V87.00", "external-place-moved"),
        ("Z991", "Z99.1", "subcategory"),
        ("v98", "V98", "category"),
        ("UA3", "UA3", "category"),
        ("UA", "UA", "block"),
        ("UA3290", "UA3290", "rehabilitation"),
        ("UA32D0", "UA32D0", "rehabilitation"),
        ("E10 – E14", "E10-E14", "block"),
        ("1", "01", "chapter"),
        ("IX", "09", "chapter"),
        ("XXII", "22", "chapter"),
        ("V01-Y98", "20", "chapter"),
        ("U00-U99", "22", "chapter"),
        ("U00-U49", "U00-U49", "block"),
        ("23", "23", "other"),
        ("", "", "other"),
    ],
)
def test_codes_have_one_form_and_one_part(written, canonical, part):
    assert LOADER.canonical(written) == canonical
    assert LOADER.canonical(canonical) == canonical
    assert LOADER.part(canonical) == part


def test_the_order_is_the_books():
    codes = ["22", "U07.1", "U00-U49", "20", "V01.00", "V01", "21", "01", "A00.0", "A00", "A00-A09", "A00.0A", "09"]
    shapes = {code: LOADER.shape(code) for code in codes}
    assert sorted(codes, key=lambda code: shapes[code].sort_key) == [
        *("01", "A00-A09", "A00", "A00.0", "A00.0A", "09", "20", "V01", "V01.00", "21", "22", "U00-U49", "U07.1")
    ]
    assert [code for code in codes if shapes[code].abstract] == ["22", "U00-U49", "20", "21", "01", "A00-A09", "09"]
    assert shapes["V01.00"].level == "extension"
    assert LOADER.shape("??") is None
