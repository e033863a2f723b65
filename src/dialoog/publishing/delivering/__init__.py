"""How a delivery leaves: claimed, judged, prepared, committed as sending, published, read back.

lane      -> the pipeline: claims ahead of time, commits in batches, publishes in many threads
steps     -> what happens to one delivery at each stage; a stage returns a move, it writes nothing
outcomes  -> writes moves: state, step and event in one transaction, fenced by the attempt
"""
