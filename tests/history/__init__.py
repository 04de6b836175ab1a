"""What the flight recorder notes, and how it is told."""
