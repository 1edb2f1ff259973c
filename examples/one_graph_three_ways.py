"""A graph made in Python: rendered, rendered again for nothing, and edited.

python examples/one_graph_three_ways.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from artcelery import Config, GraphBuilder, open_engine


def poster(tones: int) -> Config:
    graph = GraphBuilder("poster")
    large = graph.node("RESIZE", graph.source(asset="cat"), width=640)
    return graph.config(output=graph.effect("posterize", graph.effect("dog", large), levels=tones))


def main(folder: Path) -> None:
    with open_engine() as engine:
        for tones in (5, 5, 3):
            order = engine.order(poster(tones), output=folder / f"poster-{tones}.png")
            plan = engine.plan(order)
            run = engine.run(order, force=True)
            print(f"{tones} tones: {plan.known} of {len(plan.nodes)} nodes known, {run.output_hash}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("."))
