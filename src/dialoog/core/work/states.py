"""What a job can be."""

from dialoog.core.states import Graph

JOB = Graph(
    "job",
    initial="waiting",
    edges={
        "waiting": ("running", "done"),
        "running": ("waiting", "done", "failed"),
        "done": ("waiting",),
        "failed": ("waiting",),
    },
)
