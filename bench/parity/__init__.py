"""Every op against TensorFlow: the same inputs to both libraries, results and gradients compared.

In: the registry and its samples, the Python of an environment that has TensorFlow. Out: a table.
Files in order of the flow: cases, messages, runner, worker, peer, comparison, expectations, report.
"""
