"""Stage frontend: what is built from graph and ops alone: variables, gradients, optimizers."""
