"""Stage runtime: from an instruction table to fresh NumPy arrays in one native call."""
