"""The pages of results: what was reached, what it cost, and the books behind it."""
