"""TensorFlow's checkpoint files (format V2), read and written without TensorFlow. A leaf.

In: arrays by name. Out: `PREFIX.index`, a sorted string table that tells where each tensor is, and
`PREFIX.data-00000-of-00001`, the tensors. Needs the packages of the extra `io`.
"""
