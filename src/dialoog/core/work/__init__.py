"""Leased rows, jobs, events and the loop that does them: the row is the truth, threads only carry it.

states   -> what a job can be
leases   -> claim, move and take over rows by compare and swap
jobs     -> ask for a job; register what does it
events   -> tell higher rooms what happened, through jobs
worker   -> the loop
"""
