"""Whether a wheel holds what the pages need: `python -m scripts.wheel_contents dist/*.whl` says what is missing.

Vendored files are compared with their sums; of ours, every template, stylesheet, script and drawing has to be there.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
PAGES = "artcelery/server/pages"
LISTS = {f"{PAGES}/static/vendor": "", "artcelery/server/docs_page": "files/"}
OURS = ("templates/**/*.html", "static/**/*.css", "static/**/*.js", "static/**/*.svg")


def faults(archive: ZipFile) -> Iterator[str]:
    """What is missing in a wheel, or is not what its list says."""
    names = set(archive.namelist())
    for folder, inner in LISTS.items():
        listed = json.loads(archive.read(f"{folder}/vendored.json"))
        for package in listed.get("packages", [listed]):
            for name, digest in package["sha256"].items():
                path = f"{folder}/{inner}{name}"
                if path not in names or hashlib.sha256(archive.read(path)).hexdigest() != digest:
                    yield path
    for kind in OURS:
        found = {path.relative_to(ROOT).as_posix() for path in (ROOT / PAGES).glob(kind)}
        yield from sorted(found - names)


def main(path: str) -> None:
    with ZipFile(path) as archive:
        found = list(faults(archive))
    if found:
        sys.exit("\n".join(["The wheel lacks, or has otherwise than listed:", *found]))


if __name__ == "__main__":
    main(sys.argv[1])
