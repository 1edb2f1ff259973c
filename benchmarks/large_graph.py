"""Prints the seconds that a graph of N nodes takes: load, check, key and plan; and key and plan alone."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from artcelery import open_engine
from artcelery.core.config import bind, load_config


def text_of(nodes: int) -> bytes:
    lines = ["name: large", "dag:", "  nodes:", "    - {id: n0, type: SOURCE, config: {asset: cat}}"]
    for number in range(1, nodes):
        lines += [
            f"    - id: n{number}",
            "      type: EFFECT",
            f"      config: {{effect: hue, params: {{degrees: {number % 360}}}}}",
            f"      inputs: [n{number - 1}]",
        ]
    lines.append(f"  output: n{nodes - 1}\n")
    return "\n".join(lines).encode()


def main() -> None:
    text = text_of(int(sys.argv[1]))
    with open_engine() as engine:
        engine.assets.resolve("cat")
        began = time.perf_counter()
        config = load_config(text, file=str(Path("large.yaml")), effects=engine._context)
        bind(config, {}, engine._context)
        loaded = time.perf_counter()
        engine.plan(engine.order(config))
        ended = time.perf_counter()
    print(ended - began, ended - loaded)


if __name__ == "__main__":
    main()
