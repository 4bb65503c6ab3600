"""Stage frontend: queues, the batches made from them, readers of files."""
