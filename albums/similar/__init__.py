"""Photos that look alike: which ones do, and what their owner has decided about them.

| module | what it knows |
| --- | --- |
| `likeness` | whether two photos look alike |
| `grouping` | which photos that look alike are asked about together |
| `matching` | compares what is new with all there is |
| `comparison` | which of a group is best, and what differs |
| `queries` | what pages show of groups and stacks |

Pages never compare: they read the groups that `matching` made.
"""
