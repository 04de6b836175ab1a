"""Rules about the source itself: layers, sizes, names, start-up."""
