"""The shell on a person's computer: it observes, asks the planner, and does what was planned.

To be read in this order: `ports`, `state`, `scan`, `apply`, `engine`. Nothing here imports Django.
"""
