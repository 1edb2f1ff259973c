"""Graph + known results -> Plan: which nodes are known, which passes run, and the reason for each."""

from artcelery.core.plan.making import make_plan, plan_analyses
from artcelery.core.plan.model import AS_IS, File, Join, Known, NodePlan, Pass, Plan
from artcelery.core.plan.requirements import queue_of, requirements

__all__ = [
    "AS_IS",
    "File",
    "Join",
    "Known",
    "NodePlan",
    "Pass",
    "Plan",
    "make_plan",
    "plan_analyses",
    "queue_of",
    "requirements",
]
