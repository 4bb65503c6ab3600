"""Stage frontend: files of records, and the Examples in them."""
