"""Stage cli: the command `jitgraph`. In: arguments. Out: text or JSON, and an exit status."""
