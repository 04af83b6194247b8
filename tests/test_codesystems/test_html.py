"""HTML cells as plain text."""

import pytest

from codesystems.formats.html import text_of_html


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", ""),
        ("  vanlig text  ", "vanlig text"),
        ("rad ett\nrad två", "rad ett\nrad två"),
        ("R&D", "R&D"),
        ("R&amp;D", "R&D"),
        ("1 &lt; 2", "1 < 2"),
        ("&lt;b&gt;", "<b>"),
        ("Följande avsnitt:<div>A00 Kolera</div><div>A01 Tyfoid</div>", "Följande avsnitt:\nA00 Kolera\nA01 Tyfoid"),
        ("<div>ett</div><div><br></div><div>två</div>", "ett\n\ntvå"),
        ("ett<br><br><br>två", "ett\n\ntvå"),
        ("<ul><li>ett <i>och</i> ett</li><li>två</li></ul>tre&nbsp;", "ett och ett\ntvå\ntre"),
        ("rad ett\nrad <b>två</b>", "rad ett\nrad två"),
        ("<p>ett\n   och   ett</p>", "ett och ett"),
        ("a<!-- dold -->b", "ab"),
        ("<script>alert(1)</script>synlig <b>text</b>", "synlig text"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("<br>", ""),
    ],
)
def test_text_of_html(cell, text):
    assert text_of_html(cell) == text


@pytest.mark.parametrize(
    "cell",
    ["< 30 minuter", "givare (>20) tätt placerade (<2,5 cm)", "a<b", "p <p", "<", "<div", "&", "&okänd;", "<5>"],
)
def test_prose_with_signs_is_not_markup(cell):
    assert text_of_html(cell) == cell


def test_signs_are_kept_beside_markup():
    assert text_of_html("tid < 3 h, <b>fet</b> <2 cm") == "tid < 3 h, fet <2 cm"
