"""Stage frontend: SavedModels: folders that hold graphs, variables, files and signatures."""
