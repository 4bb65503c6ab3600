"""Kernels written by hand, in the convention of all kernels."""
