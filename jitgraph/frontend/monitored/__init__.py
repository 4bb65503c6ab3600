"""Stage frontend: sessions that are looked after: hooks, checkpoints, summaries, recovery."""
