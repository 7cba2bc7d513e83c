"""The benchmarks, by name, in the order in which they run."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from cli.bench.console import bench_console
from cli.bench.cost import bench_cost
from cli.bench.decide import bench_decide
from cli.bench.findings import Findings
from cli.bench.herd import bench_herd
from cli.bench.ingest import bench_ingest
from cli.bench.latency import bench_latency
from cli.bench.ledger import bench_ledger
from cli.bench.memory import bench_memory
from cli.bench.morning import bench_morning
from cli.bench.pairs import Tell
from cli.bench.paths import bench_paths
from cli.bench.replay import bench_replay
from cli.bench.retention import bench_retention
from cli.bench.routing import bench_routing
from cli.bench.sizes import Sizes
from cli.bench.soak import bench_soak
from cli.bench.storage import bench_storage
from cli.bench.throughput import bench_journeys

Bench: TypeAlias = Callable[[Sizes, Tell], Awaitable[Findings]]

SUITE: dict[str, Bench] = {
    "decide": bench_decide,
    "ledger": bench_ledger,
    "cost": bench_cost,
    "journeys": bench_journeys,
    "ingest": bench_ingest,
    "routing": bench_routing,
    "latency": bench_latency,
    "replay": bench_replay,
    "memory": bench_memory,
    "paths": bench_paths,
    "console": bench_console,
    "herd": bench_herd,
    "storage": bench_storage,
    "retention": bench_retention,
    "morning": bench_morning,
    "soak": bench_soak,
}

ONLY_BY_NAME = frozenset({"soak"})
"""What takes an hour runs where somebody asks for it."""
