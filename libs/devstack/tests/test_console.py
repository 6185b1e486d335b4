"""What the console is built of: a build is made anew when that changed, and not for what only tests or readers need."""

from pathlib import Path

import pytest

from devstack.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    (tmp_path / "web" / "app").mkdir(parents=True)
    (tmp_path / "web" / "app" / "page.tsx").write_text("one")
    return Console(tmp_path)


def write(console: Console, name: str, content: str) -> None:
    path = console.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.mark.parametrize(
    "name",
    [
        "app/page.tsx",
        "app/[org]/page.tsx",
        "lib/status.ts",
        "proxy.ts",
        "next.config.ts",
        "package-lock.json",
        ".npmrc",
    ],
)
def test_it_is_built_again_after_a_change_of(console: Console, name: str) -> None:
    before = console.built
    write(console, name, "two")
    assert console.built != before


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "playwright.config.ts",
        "playwright.screens.config.ts",
        "playwright-report/index.html",
        "vitest.config.ts",
        "vitest.setup.ts",
        "lib/status.test.ts",
        "e2e/stack.ts",
        "screens/pages.ts",
        "test-results/trace.zip",
        "tsconfig.tsbuildinfo",
        ".next/build-manifest.json",
        "node_modules/next/package.json",
    ],
)
def test_it_is_not_built_again_after_a_change_of(console: Console, name: str) -> None:
    before = console.built
    write(console, name, "two")
    assert console.built == before
