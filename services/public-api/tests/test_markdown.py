"""What people write becomes the same HTML here and in the console (`web/lib/markdown.test.ts`), whatever they write."""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from public_api.site.markdown import to_html


class Example(TypedDict):
    what: str
    text: str
    html: str


EXAMPLES: list[Example] = json.loads((Path(__file__).parent / "markdown_examples.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["what"] for example in EXAMPLES])
def test_markdown_becomes_the_html_of_the_example(example: Example) -> None:
    assert to_html(example["text"]) == example["html"]
