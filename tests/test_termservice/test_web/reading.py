"""Pages as they are read: fetched, and what stands where on them."""

from __future__ import annotations

from flask.testing import FlaskClient
from lxml import html


def page(client: FlaskClient, path: str, status: int = 200) -> html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return html.fromstring(response.data.decode())


def said(tree: html.HtmlElement, path: str) -> list[str]:
    """The text of each element that an XPath finds, with single spaces."""
    return [" ".join(each.text_content().split()) for each in tree.xpath(path)]
