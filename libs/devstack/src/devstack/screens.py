"""Pictures of every state of the page, on a phone and a desk, by day and by night: `make screens`, to be looked at."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from devstack.browser import DESKTOP, PHONE, Scheme, Visitors, chromium
from devstack.page_server import serving
from devstack.page_states import NOW, states

FOLDER = Path(".tidings/screens")
AWAY_MS = 8_000
_SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")


@dataclass(frozen=True)
class View:
    """Something to be looked at: a path below the address, and how it is visited."""

    name: str
    path: str
    script: bool = True
    live: bool = True


def views() -> list[View]:
    return [
        *(View(slug, f"{slug}/") for slug in states()),
        View("not-live", "minor/", live=False),
        View("script-off", "major/", script=False),
        View("incident", "major/incidents/i0"),
        View("incident-resolved", "all-well/incidents/i8"),
        View("window", "maintenance/maintenance/now"),
        View("service", "major/services/cards"),
        View("service-well", "all-well/services/checkout"),
        View("history", "major/history"),
        View("missing", "all-well/nothing"),
    ]


def live_views(*, script: bool) -> list[View]:
    return [view for view in views() if view.live and view.script is script]


def _wanted() -> Iterator[tuple[View, tuple[int, int], Scheme]]:
    for view in views():
        for size in (PHONE, DESKTOP):
            for scheme in _SCHEMES:
                yield view, size, scheme


async def _take(addresses: dict[bool, str]) -> None:
    wanted = list(_wanted())
    async with chromium() as browser:
        for number, (view, size, scheme) in enumerate(wanted, 1):
            name = f"{view.name}-{size[0]}-{scheme}.png"
            print(f"\r{number} of {len(wanted)}: {name:40}", end="", flush=True)
            visit = Visitors(browser)
            url = f"{addresses[view.live]}/p/{view.path}"
            page = await visit(url, size=size, scheme=scheme, script=view.script, at=NOW)
            await page.clock.run_for(0 if view.live else AWAY_MS)
            await page.screenshot(path=FOLDER / name, full_page=True)
            await visit.close()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with ExitStack() as servers:
        addresses = {live: servers.enter_context(serving(states(), live=live)) for live in (True, False)}
        asyncio.run(_take(addresses))
    print(f"\rPictures of {len(views())} views are in {FOLDER.absolute()}".ljust(70))


if __name__ == "__main__":
    main()
