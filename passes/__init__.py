"""Compiler passes: Program -> Program. One file, one function, one pass; see `pipeline`."""
