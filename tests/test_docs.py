"""What the documents say of the code: NATS subjects, commands of make, links."""

import re
from pathlib import Path

import pytest

from common.nats_access import permissions

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("services/*/README.md"))]


def test_what_another_teams_user_may_do_is_what_the_server_lets_it() -> None:
    section = (ROOT / "docs/subscribing.md").read_text().partition("## What your NATS user may do")[2]
    told = {subject.replace("<user>", "acme_billing") for subject in re.findall(r"`([^`]+<user>(?:[.]>)?)`", section)}
    allowed = permissions("acme_billing")
    assert told == {*allowed["publish"], *allowed["subscribe"]}


def test_every_command_of_make_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        for command in re.findall(
            r"\bmake (?:-s )?([a-z-]+)(?=[ `\n])", "\n".join(re.findall(r"`[^`]+`", document.read_text()))
        ):
            assert command in targets, (document.name, command)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target
