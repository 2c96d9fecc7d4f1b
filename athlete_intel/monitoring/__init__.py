"""Whether the model can still be trusted: its errors, and whether its inputs have moved."""
