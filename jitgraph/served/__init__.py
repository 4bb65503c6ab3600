"""`import tensorflow`, served by jitgraph while `jitgraph run` runs a script."""
