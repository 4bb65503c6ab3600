"""Stage inspection: what the compiler did, as text and objects for people."""
