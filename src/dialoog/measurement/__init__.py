"""Hours, costs, metric snapshots and how far each goal is."""
