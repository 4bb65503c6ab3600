"""Stage kernels: kernel source → machine code, in memory and on disk."""
