"""The worker process: Temporal plugin, workers and the event dispatcher."""
