"""Passes become results: one pass is idempotent, and what a worker calls; several run side by side."""

from artcelery.core.execute.passes import execute_pass, make_result, record_result
from artcelery.core.execute.running import run_passes
from artcelery.core.execute.workshop import Workshop, present

__all__ = ["Workshop", "execute_pass", "make_result", "present", "record_result", "run_passes"]
