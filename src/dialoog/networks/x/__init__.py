"""X, formerly Twitter: pay per use, and nothing that makes sending twice safe."""
