"""Going back in a run."""
