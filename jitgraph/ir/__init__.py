"""The Program: what is compiled. Symbolic sizes, data structures, text form, interpreter, trace."""
