"""
@effect append
@version 0.1.0

@description
Writes all inputs one after another, and how often the text.

@param times int
  @range 1 9
  @default 1
"""

from pathlib import Path

from artdag.effects import ExecutionContext


def process(inputs: list[Path], output: Path, params: dict, ctx: ExecutionContext) -> Path:
    joined = b"".join(path.read_bytes() for path in inputs) * params["times"]
    (ctx.work_dir / "draft").write_bytes(joined)
    output.write_bytes((ctx.work_dir / "draft").read_bytes())
    return output
