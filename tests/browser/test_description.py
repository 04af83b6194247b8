"""The description of the API, tried out in the browser."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_an_example_of_the_description_can_be_tried_in_place(page: Any) -> None:
    page.goto("/docs")
    page.get_by_role("link", name="/api/v1/codesystems", exact=True).click()
    page.locator("#api_codesystems output pre").wait_for()
    assert '"frukt"' in page.locator("#api_codesystems output pre").inner_text()
