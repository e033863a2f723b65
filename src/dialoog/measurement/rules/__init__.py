"""What effort costs, and how far a goal is: pure calculations on plain values."""
