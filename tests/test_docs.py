"""What the documents say of the code: NATS subjects, commands of make and compose, links."""

import re
from pathlib import Path

import pytest
import yaml

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


def test_the_steps_of_a_restore_remove_volumes_that_no_container_holds() -> None:
    section = (ROOT / "docs/operations.md").read_text().partition("## Restore")[2]
    steps = section.split("```")[1].strip().splitlines()
    removed = [volume for step in steps for volume in re.findall(r"\btidings_([a-z-]+)", step)]
    volumes = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"]
    assert {"nats", "public-api"} == set(removed) <= volumes.keys()
    # The job `secrets` mounts them all, and its container stays when services are stopped: the engine then keeps the old stream.
    assert steps[0].split("#")[0].strip() == "docker compose down"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target
