"""The benchmarks: the same work run by jitgraph and by its peers, checked, then timed.

`python -m bench` runs them all. rows/ says what is measured, row.py what a row is, worker.py runs
one side of a row in a process of its own, sides.py talks to those processes, report.py prints.
"""
